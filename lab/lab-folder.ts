import { join } from 'node:path';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { labsFolder, stateFolder, type StateFolder } from './state-folder.ts';

/** Which practice cluster a command means. */
export interface LabChoice {
  /** Default `practice`. */
  readonly name?: string;
  /** The lab's own state folder; default `$XDG_STATE_HOME/nodemend/labs/NAME`. */
  readonly stateDir?: string;
}

export const defaultLab = 'practice';

/** A Unix socket's path holds 107 bytes (unix(7)). */
const longestSocketPath = 107;

/** @throws NodemendError LAB_NAME_INVALID, LAB_PATH_TOO_LONG */
export function chosenLab(choice: LabChoice): { readonly name: string; readonly folder: StateFolder } {
  const name = choice.name ?? defaultLab;
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) throw new NodemendError('LAB_NAME_INVALID', { name });
  const folder = stateFolder(choice.stateDir ?? join(labsFolder(process.env), name));
  if (Buffer.byteLength(folder.control) > longestSocketPath)
    throw new NodemendError('LAB_PATH_TOO_LONG', { path: folder.control });
  return { name, folder };
}
