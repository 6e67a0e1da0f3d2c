import { formatReference, isInvalid, parseReference } from '../../src/registry/reference/image-reference.ts';
import type { PlannedNode } from '../cluster/cluster-plan.ts';
import { blobOf, imageConfiguration, type Blob } from '../cluster/image-configuration.ts';
import type { TreeEntry } from './file-tree.ts';
import ctrScript from './standing-in-ctr.sh?raw';
import dockerScript from './standing-in-docker.sh?raw';

/** What both groups make sandboxes from. */
export const sandboxImage = 'registry.k8s.io/pause:3.6';

const list = '/var/lib/nodemend-lab/images';
const blobs = '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256';

/** The images of a node, as its runtime would keep and list them; the clients are stand-ins (standing-in-*.sh). */
export function imageFiles(node: PlannedNode): readonly TreeEntry[] {
  const names = [...new Set([sandboxImage, ...node.pods.map(({ image }) => image)])].toSorted();
  const client = (name: string, content: string): TreeEntry => ({
    path: `/usr/bin/${name}`,
    kind: 'file',
    content,
    mode: 0o755,
  });
  if (node.group.runtime === 'docker')
    return [
      client('docker', dockerScript),
      {
        path: list,
        kind: 'file',
        content: names.map((name) => `image ${imageConfiguration(name).digest} <none> 10MB ${name}\n`).join(''),
      },
    ];
  const written = names.map((name) => ({
    name: writtenOut(name),
    config: imageConfiguration(name),
    manifest: manifestOf(name),
  }));
  // In the order in which containerd has them.
  const lines = written
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, manifest }) =>
        `${name} ${mediaType} ${manifest.digest} 10.0 MiB linux/amd64,linux/arm64 io.cri-containerd.image=managed \n`,
    );
  return [
    client('ctr', ctrScript),
    { path: list, kind: 'file', content: `REF TYPE DIGEST SIZE PLATFORMS LABELS \n${lines.join('')}` },
    ...written
      .flatMap(({ config, manifest }) => [config, manifest])
      .map(({ digest, content }): TreeEntry => ({
        path: `${blobs}/${digest.slice('sha256:'.length)}`,
        kind: 'file',
        content,
      })),
  ];
}

const mediaType = 'application/vnd.oci.image.manifest.v1+json';

/** Of an image without layers: nothing of it ever runs. */
function manifestOf(name: string): Blob {
  const { digest, content } = imageConfiguration(name);
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: content.length };
  return blobOf({ schemaVersion: 2, mediaType, config, layers: [] });
}

function writtenOut(name: string): string {
  const reference = parseReference(name);
  return isInvalid(reference) ? name : formatReference(reference);
}
