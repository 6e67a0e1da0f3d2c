import { writeFileSync } from 'node:fs';
import { DockerNode } from '../../../../test/chroot/docker-node.ts';
import { tarOf } from '../../../images/archive/testing/some-image.ts';
import type { NodeFixture } from '../../testing/node-fixture.ts';
import type { ImageAction } from '../image-action.ts';
import { imageKind } from '../image.ts';
import { previewedNames, pulledFrom } from './fixture.ts';
import { someImage } from './some-image.ts';

const image = 'registry.k8s.io/pause:3.6';
const other = await tarOf([['hello', Buffer.from('another\n')]]);

/** Each name with what it stands for, and images that have no name but that of their digest. */
function observed(node: DockerNode): string {
  const format = '{{.ID}} {{.Repository}}:{{.Tag}} {{.Digest}}';
  const rows = node
    .docker('images', '--all', '--no-trunc', '--digests', '--format', format)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split(' '));
  const lines = [...Map.groupBy(rows, ([id]) => id)].flatMap(([id = '', all]) => {
    const names = all.map(([, name = '']) => name).filter((name) => !name.endsWith(':<none>'));
    const digest = all.map(([, , one = '']) => one).find((one) => one !== '<none>') ?? id;
    return names.length === 0 ? [`without a name: ${digest}\n`] : names.map((name) => `${name} → ${digest}\n`);
  });
  return lines.toSorted().join('');
}

/** A registry's image comes to a real dockerd. */
export const dockerFixture: NodeFixture<ImageAction, ImageAction, DockerNode> = {
  kind: imageKind,
  makeNode: (shell) => new DockerNode('worker-1', shell),
  shells: ['busybox'],
  testCases: {
    'docker pulls an image': {
      before: (node) => {
        for (const id of new Set(node.docker('images', '--quiet').split('\n').filter(Boolean)))
          node.docker('rmi', '--force', id);
        const { reference, digest, parts } = pulledFrom;
        return someImage({
          image,
          digest,
          bytes: 3000,
          room: { path: '/var/lib/docker', needed: 12_000, keepFree: 1_000_000 },
          runtime: 'docker',
          socket: '/var/run/docker.sock',
          source: { from: 'registry', reference, hosts: 'runtime', parts },
        });
      },
      seen: observed,
      killedEvery: 40,
      previewed: (preview, before) => previewedNames(preview, before, ''),
      edit: (node, since) => {
        writeFileSync(node.path('tmp/other.tar'), other);
        node.docker('import', node.path('tmp/other.tar'), image);
        if (since === 'run') node.docker('rmi', pulledFrom.reference);
      },
      edited: { plan: 'prepare refused IMAGE_CHANGED_SINCE_PLAN', run: 'undo already' },
    },
  },
};
