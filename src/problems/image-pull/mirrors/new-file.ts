import type { CheckReference } from '../../../actions/action.ts';
import type { FileAction } from '../../../actions/file/file-action.ts';
import { fileChange } from '../../kit/file-edit.ts';
import { problemId } from '../finding.ts';
import type { MirrorContext } from './mirror-context.ts';

interface NewFile extends MirrorContext {
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
    ...fileChange(undefined, content),
    validate,
    verify,
  };
}
