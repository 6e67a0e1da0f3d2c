import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** What a registry stores: manifests and blobs, by digest; tags, by repository. */
export interface StoredImage {
  readonly repository: string;
  readonly tag: string;
  readonly mediaType: string;
  readonly manifest: Buffer;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Only who logs in may have it. */
  readonly private?: boolean;
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

interface ImageContent {
  readonly repository: string;
  readonly tag: string;
  /** A tar archive: the one layer. */
  readonly layer: Buffer;
  readonly command?: readonly string[];
  readonly private?: boolean;
}

/** An image of one layer, in the OCI format that every runtime reads. */
export function makeImage({
  repository,
  tag,
  layer,
  command = ['/bin/true'],
  private: isPrivate = false,
}: ImageContent): StoredImage {
  const packed = gzipSync(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: command },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: types.layer, digest: digestOf(packed), size: packed.length }],
    }),
  );
  const blobs = new Map([config, packed].map((blob) => [digestOf(blob), blob]));
  return { repository, tag, mediaType: types.manifest, manifest, blobs, private: isPrivate };
}

/** A tar archive of nothing: two empty blocks. */
export const emptyLayer = Buffer.alloc(1024);
