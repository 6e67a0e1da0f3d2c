import { gzipSync } from 'node:zlib';
import { sha256 } from '../../src/hash/sha256.ts';

const block = 512;

/** An image of one file, made here, as a registry holds it. */
export interface MadeImage {
  readonly digest: string;
  /** Layer, configuration, manifest. */
  readonly blobs: readonly [Buffer, Buffer, Buffer];
  /** Layer of the image that it stands on, if any. */
  readonly below?: Buffer;
}

interface Packing {
  /** Whether its layer is, as clients push them: they would compress one that is not, and make another image of it. */
  readonly isCompressed?: boolean;
  /** Of one layer, which is not compressed. */
  readonly on?: MadeImage;
  /** How many empty files it has besides. */
  readonly emptyFiles?: number;
  /** As its configuration says, which anybody may have written. */
  readonly architecture?: string;
}

/** @param content of its one file: it makes the image, and how large it is */
export function makeImage(
  content: Buffer = Buffer.from('hello\n'),
  { isCompressed = false, on, emptyFiles = 0, architecture = 'amd64' }: Packing = {},
): MadeImage {
  const empty = Array.from({ length: emptyFiles }, (_, index): [string, Buffer] => [`empty-${index}`, Buffer.alloc(0)]);
  const plain = tar([['hello', content], ...empty]);
  const layer = isCompressed ? gzipSync(plain) : plain;
  const below = on === undefined ? [] : [on.blobs[0]];
  const config = json({
    architecture,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [...below, plain].map(digestOf) },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [
      ...below.map((one) => descriptor(layerType, one)),
      descriptor(`${layerType}${isCompressed ? '+gzip' : ''}`, layer),
    ],
  });
  return { digest: digestOf(manifest), blobs: [layer, config, manifest], ...(on && { below: on.blobs[0] }) };
}

const layerType = 'application/vnd.oci.image.layer.v1.tar';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** The same as the OCI layout archive that `ctr images import` reads. */
export function imageArchive(name: string, packing?: Packing): { readonly archive: Buffer; readonly digest: string } {
  return archiveOf(name, makeImage(undefined, packing));
}

export function archiveOf(
  name: string,
  { digest, blobs }: MadeImage,
): { readonly archive: Buffer; readonly digest: string } {
  return { archive: layout(name, descriptor(manifestType, blobs[2]), blobs), digest };
}

/** An archive in which the name stands for an index of these images; it says nothing of their platforms. */
export function bareIndexArchive(name: string, ...images: readonly MadeImage[]): Buffer {
  const manifests = images.map(({ blobs }) => descriptor(manifestType, blobs[2]));
  const index = json({ schemaVersion: 2, mediaType: indexType, manifests });
  return layout(name, descriptor(indexType, index), [index, ...images.flatMap(({ blobs }) => blobs)]);
}

function layout(name: string, target: Readonly<Record<string, unknown>>, blobs: readonly Buffer[]): Buffer {
  const named = { ...target, annotations: { 'io.containerd.image.name': name } };
  return tar([
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', json({ schemaVersion: 2, manifests: [named] })],
    ...blobs.map((blob): [string, Buffer] => [`blobs/sha256/${sha256(blob)}`, blob]),
  ]);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${sha256(bytes)}`;
}

function descriptor(mediaType: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** ustar (POSIX.1-1988), regular files only. */
function tar(files: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = files.flatMap(([name, content]) => [
    header(name, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0);
  bytes.write('0000644\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write('00000000000\0', 136);
  // The sum is taken with blanks in its own place.
  bytes.write('        0', 148);
  bytes.write('ustar\0', 257);
  bytes.write('00', 263);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
