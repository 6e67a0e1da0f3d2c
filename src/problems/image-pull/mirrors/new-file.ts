import { createHash } from 'node:crypto';
import type { CheckReference } from '../../../actions/action.ts';
import type { FileAction } from '../../../actions/file/file-action.ts';
import { problemId } from '../finding.ts';
import type { MirrorScene } from './mirror-scene.ts';

interface NewFile extends MirrorScene {
  readonly path: string;
  readonly content: string;
  readonly why: FileAction['why'];
  readonly validate?: readonly CheckReference[];
  readonly verify?: readonly CheckReference[];
}

/** A file that is not there yet, in a folder that may not be there either; all may read it. */
export function newFile({ node, cures, path, content, why, validate = [], verify = [] }: NewFile): FileAction {
  return {
    kind: 'file',
    id: `file:${node.name}:${path}`,
    problem: problemId,
    node: node.name,
    cures,
    why,
    path,
    makesFolder: true,
    from: 'absent',
    to: { content, sha256: sha256(content), mode: '0644', uid: 0, gid: 0 },
    validate,
    verify,
  };
}

/** Of the UTF-8 bytes, hex. */
export function sha256(content: string): string {
  return createHash('sha256').update(content, 'utf8').digest('hex');
}
