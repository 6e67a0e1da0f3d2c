import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ownTarget } from './own-path.ts';

/** Text, or bytes of another encoding. */
export type Pieces = Iterable<string> | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface WholeFile {
  readonly mode: number;
  readonly gzip?: boolean;
}

/**
 * Puts a file in place of another, or where none was, so that a reader at any time, also after a power cut, finds the
 * old one or all of the new one. It is made beside its target under a name that nobody can guess, and only where nobody
 * else could change the folder or one above it. A link, a device, a pipe or a folder under its name stays what it is.
 * @param path Absolute.
 * @throws NodemendError PATH_UNSAFE; the system's error (ELOOP for a link, EINVAL for what is not a file). Nothing is
 *   left behind then.
 */
export async function writeWhole(path: string, pieces: Pieces, { mode, gzip = false }: WholeFile): Promise<void> {
  const target = ownTarget(path);
  await refuseOtherThanFile(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(12).toString('hex')}.tmp`);
  try {
    // O_EXCL: whatever stands there, a link to nowhere included, is an error.
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

async function refuseOtherThanFile(target: string): Promise<void> {
  const found = await lstat(target).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!found || found.isFile()) return;
  throw found.isSymbolicLink()
    ? Object.assign(new Error('ELOOP: it is a link, and links are not followed'), { code: 'ELOOP' })
    : Object.assign(new Error('EINVAL: it is there and is no regular file'), { code: 'EINVAL' });
}

/** A file's name is in its folder, which has to reach the disk too. Not every file system can do that. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
