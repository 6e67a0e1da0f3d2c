import { randomBytes } from 'node:crypto';
import { chown, copyFile, constants, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LeftAlone } from './walk-files.ts';

/** What a backup is called, beside its file. */
const backupSuffix = '.orig';

export interface Replacement {
  readonly path: string;
  /** What was read; a file that is something else by now is left alone. */
  readonly before: string;
  readonly after: string;
  readonly backup: boolean;
}

/** Puts the new text in place in one step, with the owner and mode of the old. @returns why it was left as it is, if it was */
export async function replaceFile({ path, before, after, backup }: Replacement): Promise<LeftAlone | undefined> {
  const target = await realpath(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    if ((await readFile(target, 'utf8')) !== before) return 'changed-meanwhile';
    if (backup && !(await keepBackup(target))) return 'backup-exists';
    await writeBeside(temporary, target, after);
    await rename(temporary, target);
    return undefined;
  } catch {
    await rm(temporary, { force: true });
    return 'unwritable';
  }
}

/** An older backup is somebody's only copy. */
async function keepBackup(target: string): Promise<boolean> {
  try {
    await copyFile(target, target + backupSuffix, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeBeside(temporary: string, target: string, text: string): Promise<void> {
  const { mode, uid, gid } = await stat(target);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await chown(temporary, uid, gid);
    await file.chmod(mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}
