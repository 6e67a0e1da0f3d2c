import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes files of ours that an earlier process left behind; what cannot be removed is left to the next one. */
export function removeLeft(folder: string, isLeft: (name: string) => boolean): void {
  try {
    for (const name of readdirSync(folder)) if (isLeft(name)) rmSync(join(folder, name), { force: true });
  } catch {
    // There is no such folder yet, or it is not ours.
  }
}
