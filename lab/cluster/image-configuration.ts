import { createHash } from 'node:crypto';

/** What a content store keeps under its digest. */
export interface Blob {
  readonly digest: string;
  readonly content: string;
}

export function blobOf(value: object): Blob {
  const content = JSON.stringify(value);
  return { digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, content };
}

/** The configuration of an image of this name, which no other has; its digest is the image's id. */
export function imageConfiguration(name: string): Blob {
  return blobOf({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { name } },
    rootfs: { type: 'layers', diff_ids: [] },
  });
}
