import type { ActionContext } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import type { StoredFileAction } from './file-action.ts';
import { stateLine } from './file-state.ts';
import { stagedName } from './staged-name.ts';

/** What of an action says which file it changes, and how. */
type FileChange = Pick<StoredFileAction, 'id' | 'path' | 'from' | 'to' | 'makesFolder'>;

/** The first arguments of each script that changes a file; the last of them says whether the folder may be missing. */
export function placeArgs(spec: FileChange, context: ActionContext): readonly string[] {
  return [
    context.run,
    context.session,
    actionKey(spec.id, spec.path),
    spec.path,
    stateLine(spec.from),
    stateLine(spec.to),
    stagedName(spec.path, context.run),
    folders(spec),
  ];
}

/** For the scripts' argument FOLDERS. */
export function folders({ makesFolder }: Pick<StoredFileAction, 'makesFolder'>): 'make' | 'keep' {
  return makesFolder ? 'make' : 'keep';
}
