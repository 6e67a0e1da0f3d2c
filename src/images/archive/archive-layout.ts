import { pack } from 'tar-stream';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Descriptor, ImageContent } from './image-content.ts';

/** A part of an archive: bytes that are known, or a blob. */
export type Piece = { readonly bytes: Uint8Array } | { readonly blob: Pick<Descriptor, 'digest' | 'size'> };

/** An archive whose every byte is known before a blob of it is here, from the images alone: it is the same each time. */
export interface ArchiveLayout {
  readonly pieces: readonly Piece[];
  /** Digests of its blobs. */
  readonly blobs: readonly string[];
  /** Bytes. */
  readonly length: number;
}

interface NamedContent {
  readonly names: readonly string[];
  readonly content: ImageContent;
}

const block = 512;

/**
 * An OCI layout (image-layout.md) as containerd exports it, with the `manifest.json` that `docker load` reads: blobs in the
 * order of their digests, then what names them.
 */
export async function archiveLayout(images: readonly NamedContent[]): Promise<ArchiveLayout> {
  const blobs = new Map(images.flatMap(({ content }) => content.blobs.map((blob) => [blob.digest, blob] as const)));
  const sorted = [...blobs.values()].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  const pieces: Piece[] = [];
  for (const blob of sorted)
    pieces.push({ bytes: await header(pathOf(blob.digest), blob.size) }, { blob }, { bytes: padding(blob.size) });
  for (const [name, value] of [
    ['index.json', index(images)],
    ['manifest.json', dockerManifest(images)],
    ['oci-layout', { imageLayoutVersion: '1.0.0' }],
  ] as const) {
    const bytes = Buffer.from(JSON.stringify(value), 'utf8');
    pieces.push({ bytes: await entryOf(name, bytes) });
  }
  pieces.push({ bytes: new Uint8Array(2 * block) });
  return { pieces, blobs: [...blobs.keys()], length: pieces.reduce((sum, piece) => sum + sizeOf(piece), 0) };
}

function sizeOf(piece: Piece): number {
  return 'bytes' in piece ? piece.bytes.length : piece.blob.size;
}

/** Reads of a store a part of a blob. */
export type ReadPart = (blob: Pick<Descriptor, 'digest' | 'size'>, from: number, length: number) => Promise<Uint8Array>;

/** A part of an archive; short only at its end. */
export async function readLayout(
  { pieces }: ArchiveLayout,
  { from, length }: { readonly from: number; readonly length: number },
  read: ReadPart,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const begin = Math.max(from - at, 0);
    const end = Math.min(from + length - at, sizeOf(piece));
    if (begin < end)
      parts.push('bytes' in piece ? piece.bytes.subarray(begin, end) : await read(piece.blob, begin, end - begin));
    at += sizeOf(piece);
    if (at >= from + length) break;
  }
  return Buffer.concat(parts);
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** An entry of an archive, whole blocks. */
export async function entryOf(name: string, content: Uint8Array): Promise<Uint8Array> {
  return Buffer.concat([await header(name, content.length), content, padding(content.length)]);
}

/** The library's own header; what follows it comes from elsewhere. */
async function header(name: string, size: number): Promise<Uint8Array> {
  const packing = pack();
  packing.on('error', () => undefined);
  packing.entry({ name, size, mode: 0o444, mtime: new Date(0), type: 'file' });
  for await (const bytes of packing) return Buffer.from(bytes as Uint8Array);
  throw new NodemendError('INTERNAL', { detail: `no header for ${name}` });
}

function padding(size: number): Uint8Array {
  return new Uint8Array((block - (size % block)) % block);
}

function index(images: readonly NamedContent[]): unknown {
  const manifests = images.flatMap(({ names, content: { target } }) =>
    names.map((name) => ({
      mediaType: target.mediaType,
      digest: target.digest,
      size: target.size,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tagOf(name) },
    })),
  );
  return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
}

function tagOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last.slice(last.search(/[:@]/u) + 1);
}

function dockerManifest(images: readonly NamedContent[]): unknown {
  return images.map(({ names, content: { config, layers } }) => ({
    Config: pathOf(config),
    // It knows no names with a digest.
    RepoTags: names.map((name) => name.replace(/@.*$/u, '')).filter((name) => /:[^/]+$/u.test(name)),
    Layers: layers.map(pathOf),
  }));
}
