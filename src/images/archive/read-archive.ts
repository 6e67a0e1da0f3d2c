import { pipeline } from 'node:stream/promises';
import { extract, type Extract, type Header } from 'tar-stream';
import { RunningSha256 } from '../../hash/running-sha256.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { archiveFault } from './archive-fault.ts';
import { largestJson } from './image-content.ts';

/** A file of an archive, and where in the archive its content is. */
export interface ArchivedFile {
  readonly digest: string;
  readonly size: number;
  /** Of its first byte in the archive. */
  readonly at: number;
}

export interface ReadArchive {
  /** By path. */
  readonly files: ReadonlyMap<string, ArchivedFile>;
  /** Paths that are links to others; none unless they are `followed`. */
  readonly links: ReadonlyMap<string, string>;
  /** Of the archive whole, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReadArchiveOptions {
  /**
   * `refused` for what anybody may have made; dockerd before 25 saves a layer that an image has twice as a link to the
   * other.
   */
  readonly links: 'refused' | 'followed';
}

/** No image has as many blobs, and no bundle as many images. */
const mostEntries = 20_000;

/** What says which images an archive has: one that is too large to be looked at need not be read to its end. */
const jsonPaths: ReadonlySet<string> = new Set(['oci-layout', 'index.json', 'manifest.json']);

/** How a file that was packed begins: RFC 1952, RFC 8878, the xz file format 1.2.0, bzip2's own documentation. */
const packings = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]) },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]) },
  { name: 'bzip2', magic: Buffer.from('BZh') },
] as const;
const longestMagic = Math.max(...packings.map(({ magic }) => magic.length));

const blobPath = /^blobs\/sha256\/([0-9a-f]{64})$/u;

/**
 * Reads an archive through, without unpacking it: each entry is an ordinary file with a path that leads nowhere else, stands in it
 * once, and where its name is a digest it has that digest.
 * @throws NodemendError IMAGE_ARCHIVE_INVALID; what the source throws
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  { links: rule }: ReadArchiveOptions,
): Promise<ReadArchive> {
  const whole = new RunningSha256();
  let bytes = 0;
  let start = Buffer.alloc(0);
  const files = new Map<string, ArchivedFile>();
  const links = new Map<string, string>();
  const untar = extract();
  const counted = async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      whole.update(chunk);
      if (start.length < longestMagic) start = Buffer.concat([start, chunk.subarray(0, longestMagic)]);
      bytes += chunk.length;
      yield chunk;
    }
  };
  const reading = pipeline(counted, untar);
  // What goes wrong in the library is told by both; the entry's own fault is the one to know.
  reading.catch(() => undefined);
  try {
    for await (const entry of untar) {
      const path = requirePath(entry.header);
      if (files.size + links.size >= mostEntries) throw archiveFault('entries', path);
      if (files.has(path) || links.has(path)) throw archiveFault('twice', path);
      if (isLink(entry.header) && rule === 'followed') links.set(path, linkTarget(path, entry.header));
      else requireFile(entry.header, path);
      // Others have no content, whatever size they give; the library's stream of such a folder never ends.
      if (isFile(entry.header)) files.set(path, requireDigest(path, await hashed(entry)));
    }
    await reading;
  } catch (error) {
    untar.destroy();
    throw asFault(error, start);
  }
  return { files, links, sha256: whole.now(), bytes };
}

type Entry = Extract extends AsyncIterable<infer One> ? One : never;

async function hashed(entry: Entry): Promise<ArchivedFile> {
  const hash = new RunningSha256();
  let size = 0;
  for await (const chunk of entry) {
    hash.update(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
  }
  // The library counts from the header that the content stands behind.
  return { digest: `sha256:${hash.now()}`, size, at: entry.offset + 512 };
}

/** Where an entry would be unpacked to; nothing is, but what has such a name is not what it says it is. */
function requirePath({ name, type }: Header): string {
  const bare = name.replace(/^(?:\.\/)+/u, '');
  const path = type === 'directory' ? bare.replace(/\/$/u, '') : bare;
  if (type === 'directory' && (path === '' || path === '.')) return '.';
  const parts = path.split('/');
  const isOdd = parts.some((part) => part === '' || part === '.' || part === '..') || !/^[ -~]{1,255}$/u.test(path);
  if (isOdd) throw archiveFault('path', name);
  return path;
}

function requireFile(header: Header, path: string): void {
  if (jsonPaths.has(path) && (header.size ?? 0) > largestJson) throw archiveFault('large', path);
  if (isLink(header)) throw archiveFault('link', path);
  if (!isFile(header) && header.type !== 'directory') throw archiveFault('device', path);
}

function isLink({ type }: Header): boolean {
  return type === 'link' || type === 'symlink';
}

function isFile({ type }: Header): boolean {
  return type === 'file' || type === 'contiguous-file';
}

/** In the archive; a link that leads out of it is refused. */
function linkTarget(path: string, { type, linkname }: Header): string {
  const from = type === 'symlink' ? path.split('/').slice(0, -1) : [];
  const parts = [...from];
  for (const part of linkname.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw archiveFault('link', path);
    if (part !== '..' && part !== '.') parts.push(part);
  }
  if (linkname.startsWith('/')) throw archiveFault('link', path);
  return parts.join('/');
}

function requireDigest(path: string, file: ArchivedFile): ArchivedFile {
  const [, hex] = blobPath.exec(path) ?? [];
  if (hex !== undefined && file.digest !== `sha256:${hex}`) throw archiveFault('damaged', path);
  if (path.startsWith('blobs/') && hex === undefined) throw archiveFault('path', path);
  return file;
}

/** The library says in words what it cannot read (tar-stream 3, extract.js and headers.js). */
function asFault(error: unknown, start: Buffer): unknown {
  if (!(error instanceof Error)) return error;
  if (isNodemendError(error)) return error;
  const packed = packings.find(({ magic }) => start.subarray(0, magic.length).equals(magic));
  if (packed !== undefined) return archiveFault('compressed', packed.name);
  if (/^(?:Unexpected end of data|Writable stream closed prematurely)/u.test(error.message))
    return archiveFault('truncated', '-');
  return /^(?:Invalid tar header|Invalid header|Header exceeds|Invalid format)/iu.test(error.message)
    ? archiveFault('tar', '-')
    : error;
}
