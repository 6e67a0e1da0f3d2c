import { pack } from 'tar-stream';
import { sha256 } from '../../../hash/sha256.ts';

/** An image of one layer, made here. */
export interface SomeImage {
  readonly name: string;
  /** Of its manifest, or of the index that was put above it. */
  readonly digest: string;
  readonly id: string;
  /** By digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export const somePlatform = 'linux/amd64';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

interface SomeImageOptions {
  readonly layer?: Buffer;
  /** Under an index, beside a manifest for another platform that is not there. */
  readonly indexed?: boolean;
  readonly architecture?: string;
}

export function someImage(name: string, options: SomeImageOptions = {}): SomeImage {
  const { layer = Buffer.alloc(1536, 'a layer '), indexed = false, architecture = 'amd64' } = options;
  const config = json({
    os: 'linux',
    architecture,
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      { ...descriptor(manifestType, Buffer.from('s390x')), platform: { os: 'linux', architecture: 's390x' } },
      { ...descriptor(manifestType, manifest), platform: { os: 'linux', architecture } },
    ],
  });
  const all = [layer, config, manifest, ...(indexed ? [index] : [])];
  return {
    name,
    digest: digestOf(indexed ? index : manifest),
    id: digestOf(config),
    blobs: new Map(all.map((blob) => [digestOf(blob), blob])),
  };
}

export type SomeEntry = readonly [
  name: string,
  content:
    | Buffer
    | { readonly type: 'symlink' | 'link'; readonly linkname: string }
    | { readonly type: 'fifo' }
    /** With a size in its header that it has not. */
    | { readonly type: 'directory'; readonly size: number },
];

/** The entries of its OCI layout archive, in the order in which containerd writes them. */
export function entriesOf(image: SomeImage): readonly SomeEntry[] {
  const target = image.blobs.get(image.digest) ?? Buffer.alloc(0);
  const named = {
    ...descriptor(manifestType, target),
    annotations: { 'io.containerd.image.name': image.name },
  };
  return [
    ...[...image.blobs].map(([digest, blob]): SomeEntry => [`blobs/${digest.replace(':', '/')}`, blob]),
    ['index.json', json({ schemaVersion: 2, manifests: [named] })],
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
  ];
}

export async function tarOf(entries: readonly SomeEntry[]): Promise<Buffer> {
  const packing = pack();
  for (const [name, content] of entries) {
    if (Buffer.isBuffer(content)) packing.entry({ name }, content);
    else packing.entry({ name, ...content });
  }
  packing.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packing) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`;
}

function descriptor(mediaType: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
