import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface Descriptor {
  readonly digest: string;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface Index {
  readonly schemaVersion: number;
  readonly manifests: readonly (Descriptor & { readonly annotations?: Readonly<Record<string, string>> })[];
}

/**
 * Makes one tar file of an OCI layout (opencontainers/image-spec image-layout.md) that holds one image, and adds to it
 * what `docker load` before Docker 25 reads instead (manifest.json, Docker Image Specification v1.2): both name the
 * same blobs.
 * @returns the image's digest
 */
export function writeImageArchive(
  layout: string,
  archive: string,
  image: { readonly name: string; readonly timestamp: number },
): string {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as Index;
  const [found] = index.manifests;
  if (!found || index.manifests.length !== 1)
    throw new Error(`${layout} holds ${index.manifests.length} images instead of one`);
  const manifest = JSON.parse(readFileSync(join(layout, blobOf(found)), 'utf8')) as Manifest;
  // What `ctr images import` takes for the name; the other key is OCI's own, which skopeo and podman read.
  const annotations = { ...found.annotations, 'io.containerd.image.name': image.name };
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ ...index, manifests: [{ ...found, annotations }] }));
  const forDocker = [{ Config: blobOf(manifest.config), RepoTags: [image.name], Layers: manifest.layers.map(blobOf) }];
  writeFileSync(join(layout, 'manifest.json'), JSON.stringify(forDocker));
  packLayout(layout, archive, image.timestamp);
  return found.digest;
}

function blobOf({ digest }: Descriptor): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** With nothing in it that depends on when or by whom it was made. */
function packLayout(layout: string, archive: string, timestamp: number): void {
  const staged = join(dirname(archive), `.${basename(archive)}.${process.pid}`);
  const fixed = [
    '--sort=name',
    `--mtime=@${timestamp}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    '--format=ustar',
  ];
  execFileSync('tar', [...fixed, '-C', layout, '-cf', staged, 'blobs', 'index.json', 'manifest.json', 'oci-layout']);
  renameSync(staged, archive);
}
