import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface AtomicWrite {
  readonly mode: number;
  readonly gzip: boolean;
}

/**
 * Puts a file in place of another, or where none was, so that a reader at any time, also after a power cut, finds the
 * old one or all of the new one. Follows a symbolic link, and replaces what it points to.
 * @throws the system's error; nothing is left behind then
 */
export async function writeAtomically(
  path: string,
  pieces: Iterable<string>,
  { mode, gzip }: AtomicWrite,
): Promise<void> {
  const target = await regularTarget(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode, flush: true });
    const source = Readable.from(pieces);
    await (gzip ? pipeline(source, createGzip({ level: 6 }), file) : pipeline(source, file));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Where the file really goes. A device or a folder is never replaced: `/dev/stdout` must stay what it is. */
async function regularTarget(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return path;
  if (!found.isFile()) {
    throw Object.assign(new Error('EINVAL: it is there and is no regular file'), { code: 'EINVAL' });
  }
  return realpath(path);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
