import type { CheckReference } from '../../../actions/action.ts';
import type { FileAction } from '../../../actions/file/file-action.ts';
import { fileObstacle, fileState, fileText, type FileObstacle } from '../../kit/file-edit.ts';
import { problemId } from '../finding.ts';
import type { RotationFile, RotationFiles } from './rotation-files.ts';
import type { Edit } from './edit.ts';

/** An edit with its reason and how it is checked once it is in force. */
export interface ReasonedEdit extends Edit {
  readonly why: string;
  readonly verify: readonly CheckReference[];
}

export type FileActions =
  | { readonly state: 'planned'; readonly actions: readonly FileAction[] }
  | { readonly state: 'refused'; readonly why: FileObstacle; readonly file: string };

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
    const obstacle = old && fileObstacle(old);
    if (obstacle !== undefined) return { state: 'refused', why: obstacle, file: edit.path };
    actions.push(fileAction(node, cures, edit, old));
  }
  return { state: 'planned', actions };
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
    from: old === undefined ? 'absent' : fileState(fileText(old), old),
    to: to === 'absent' ? 'absent' : fileState(fileText(to), to),
    validate: [{ check: `${problemId}/logrotate-accepts`, args: [] }],
    verify,
  };
}
