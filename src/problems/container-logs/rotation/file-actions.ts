import { isUtf8 } from 'node:buffer';
import type { CheckReference } from '../../../actions/action.ts';
import type { FileAction, FileState, PriorFileState } from '../../../actions/file/file-action.ts';
import { problemId } from '../finding.ts';
import type { RotationFile, RotationFiles } from '../../../logrotate/rotation-files.ts';
import { sha256, type Edit, type NewFile } from './edit.ts';

/** An edit with its reason and how it is checked once it is in force. */
export interface ReasonedEdit extends Edit {
  readonly why: string;
  readonly verify: readonly CheckReference[];
}

export type FileActions =
  | { readonly state: 'planned'; readonly actions: readonly FileAction[] }
  | { readonly state: 'refused'; readonly why: 'symlink' | 'holds-secrets' | 'not-text'; readonly file: string };

/** Edits as actions of a plan; refused when a file cannot be taken over into one whole. */
export function fileActions(
  node: string,
  cures: readonly string[],
  edits: readonly ReasonedEdit[],
  files: RotationFiles,
): FileActions {
  const actions: FileAction[] = [];
  for (const edit of edits) {
    const old = files.files.get(edit.path);
    const obstacle = obstacleOf(old);
    if (obstacle !== undefined) return { state: 'refused', why: obstacle, file: edit.path };
    actions.push(fileAction(node, cures, edit, old));
  }
  return { state: 'planned', actions };
}

/** A plan holds a file's own bytes, as text, and never a secret. */
function obstacleOf(file: RotationFile | undefined): 'symlink' | 'holds-secrets' | 'not-text' | undefined {
  if (file === undefined) return undefined;
  if (file.isLink) return 'symlink';
  if (!file.isExact || file.content === undefined) return 'holds-secrets';
  return isUtf8(Buffer.from(file.content, 'latin1')) ? undefined : 'not-text';
}

function fileAction(
  node: string,
  cures: readonly string[],
  edit: ReasonedEdit,
  old: RotationFile | undefined,
): FileAction {
  const { path, to, why, verify } = edit;
  return {
    kind: 'file',
    id: `file:${node}:${path}`,
    problem: problemId,
    node,
    cures,
    why: { key: `why.${why}`, params: { file: path } },
    path,
    from: old === undefined ? 'absent' : priorState(old),
    to: to === 'absent' ? 'absent' : fileState(to),
    validate: [{ check: `${problemId}/logrotate-accepts`, args: [] }],
    verify,
  };
}

function priorState(file: RotationFile): PriorFileState {
  return fileState({ content: file.content ?? '', mode: file.mode, uid: file.uid, gid: file.gid });
}

function fileState({ content, mode, uid, gid }: NewFile): FileState {
  const text = Buffer.from(content, 'latin1').toString('utf8');
  return { content: text, sha256: sha256(content), mode: mode.toString(8).padStart(4, '0'), uid, gid };
}
