import { accessSync, constants, lstatSync, write, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { NodemendError } from '../errors/nodemend-error.ts';
import { ownPath } from './own-path.ts';
import { writeWhole, type Pieces, type WholeFile } from './write-whole.ts';

/**
 * Writes what the user named with `--out`. A file is put in place whole (`writeWhole`). What is not a file is written
 * to, as a shell's `>` does: a terminal, a pipe, `/dev/null`, `/dev/stdout`, `>(gzip)`. It is never made, cut or
 * renamed over. A disk is never written to.
 * @param path Absolute.
 * @throws NodemendError PATH_UNSAFE; the system's error
 */
export async function writeOutput(path: string, pieces: Pieces, options: WholeFile): Promise<void> {
  const descriptor = descriptorOf(path);
  if (descriptor !== undefined) return writeInherited(descriptor, pieces, options);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isFile() || stats.isSymbolicLink()) return writeWhole(path, pieces, options);
  return writeInto(path, pieces, options);
}

/**
 * Refuses what `writeOutput` would refuse, before anything is read for it. What happens meanwhile, and a disk that fills,
 * is told by the writing.
 * @param path Absolute.
 * @throws NodemendError PATH_UNSAFE; the system's error
 */
export function requireWritable(path: string): void {
  if (descriptorOf(path) !== undefined) return;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw Object.assign(new Error(`EISDIR: ${path}`), { code: 'EISDIR' });
  if (stats && !stats.isFile() && !stats.isSymbolicLink()) return accessSync(path, constants.W_OK);
  // With its slash all but a folder is refused: root can write to any file.
  accessSync(`${ownPath(dirname(path)).path}/`, constants.W_OK | constants.X_OK);
}

/** The names that stand for what this process was started with, as bash reads them (REDIRECTION in bash(1)). */
function descriptorOf(path: string): number | undefined {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const [, digits] = /^\/(?:dev|proc\/self|proc\/thread-self)\/fd\/(\d{1,9})$/.exec(path) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

async function writeInherited(descriptor: number, pieces: Pieces, options: WholeFile): Promise<void> {
  // Node's own streams: a second one on the same pipe would lose what the first has to wait for.
  const own = descriptor === 1 ? process.stdout : descriptor === 2 ? process.stderr : undefined;
  if (own) return pipeline(contentOf(pieces, options), own, { end: false });
  for await (const piece of contentOf(pieces, options)) await writeAll(descriptor, Buffer.from(piece));
}

const writeSome = promisify(write);

async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await writeSome(descriptor, bytes, at)).bytesWritten;
}

function contentOf(pieces: Pieces, { gzip = false }: WholeFile): AsyncIterable<string | Uint8Array> {
  const source = Readable.from(pieces);
  return gzip ? source.compose(createGzip()) : source;
}

async function writeInto(path: string, pieces: Pieces, options: WholeFile): Promise<void> {
  const { path: real, stats } = ownPath(path);
  if (!stats || !isWritable(stats)) throw Object.assign(new Error('EINVAL: it is no file'), { code: 'EINVAL' });
  // Somebody else's pipe in /tmp would be given what is for its owner's eyes only.
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    throw new NodemendError('PATH_UNSAFE', { context: 'owner', path, folder: real, uid: stats.uid });
  }
  const handle = await open(real, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NOFOLLOW);
  try {
    await handle.writeFile(contentOf(pieces, options));
  } finally {
    await handle.close();
  }
}

function isWritable(stats: Stats): boolean {
  return stats.isCharacterDevice() || stats.isFIFO();
}
