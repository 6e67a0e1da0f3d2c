import { randomBytes } from 'node:crypto';
import { copyFile, constants, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
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
  /** How both are kept in memory; UTF-8 where nothing is said. */
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * Puts the new text in place in one step, with the owner and mode of the old. @returns why it was left as it is, if it
 * was
 */
export async function replaceFile(replacement: Replacement): Promise<LeftAlone | undefined> {
  const { path, before, after, backup, encoding = 'utf8' } = replacement;
  const undo: string[] = [];
  try {
    const target = await realpath(path);
    if ((await readFile(target, encoding)) !== before) return 'changed-meanwhile';
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    undo.push(temporary);
    await writeBeside(temporary, target, Buffer.from(after, encoding));
    // After the disk has shown that there is room, or a backup would stay behind that forbids the next try.
    if (backup)
      await copyFile(target, target + backupSuffix, constants.COPYFILE_EXCL).then(() =>
        undo.push(target + backupSuffix),
      );
    await rename(temporary, target);
    return undefined;
  } catch (error) {
    // What was never made, because its name is too long, is not a problem either.
    await Promise.allSettled(undo.map((made) => rm(made, { force: true })));
    // An older backup is somebody's only copy.
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'backup-exists' : 'unwritable';
  }
}

async function writeBeside(temporary: string, target: string, bytes: Buffer): Promise<void> {
  const { mode, uid, gid } = await stat(target);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.chown(uid, gid);
    await file.chmod(mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}
