import { RunningSha256 } from '../../hash/running-sha256.ts';
import { archiveFault } from './archive-fault.ts';
import { entryOf } from './archive-layout.ts';
import type { ReadArchive } from './read-archive.ts';

/**
 * The last entry of a bundle: the SHA-256 of all that stands before it. Digests hold what blobs are, and nothing holds what
 * an index calls them: with it no byte of a bundle can change unseen. Runtimes pass over it.
 */
const sealPath = 'nodemend.sha256';

/** How long the two empty blocks at the end of an archive are. */
export const archiveEnd = 1024;

/** What closes an archive whose two empty blocks at the end are left out: `before` is the hash of the rest. */
export async function sealOf(before: string): Promise<Uint8Array> {
  return Buffer.concat([await entryOf(sealPath, Buffer.from(`${before}\n`, 'utf8')), new Uint8Array(archiveEnd)]);
}

/** Its header, its one block, and the end. */
const sealLength = 512 + 512 + archiveEnd;

/** A part of the archive, as long as asked for; less at its end alone. */
export type ReadBytes = (from: number, length: number) => Promise<Uint8Array>;

const step = 4 * 1024 * 1024;

/**
 * Whether a bundle is as it was written; one that somebody else made says nothing about it.
 * @throws NodemendError IMAGE_ARCHIVE_INVALID where it is not
 */
export async function isSealed({ files, bytes }: ReadArchive, read: ReadBytes): Promise<boolean> {
  const seal = files.get(sealPath);
  if (seal === undefined) return false;
  const hash = new RunningSha256();
  const end = seal.at - 512;
  // It is the last entry: what else there may be behind it has any size, and is not read.
  if (bytes - end !== sealLength) throw archiveFault('damaged', sealPath);
  for (let at = 0; at < end; at += step) hash.update(await read(at, Math.min(step, end - at)));
  const rest = Buffer.from(await read(end, sealLength));
  if (!rest.equals(await sealOf(hash.now()))) throw archiveFault('damaged', sealPath);
  return true;
}
