import { ContainerdNode } from '../../../../test/chroot/containerd-node.ts';
import type { ContentPart } from '../../../images/sources/manifest.ts';
import type { NodeFixture, NodeTestCase } from '../../testing/node-fixture.ts';
import type { ImageAction } from '../image-action.ts';
import { imageKind } from '../image.ts';
import { someImage } from './some-image.ts';

const image = 'registry.k8s.io/pause:3.6';
const mirrored = 'mirror.example.com/base/pause:3.6';

/** Every record with what it points at, and whether it is a run's. */
function observed(node: ContainerdNode): string {
  const lines = node.records().map(({ name, digest, labels }) => {
    const isOurs = /nodemend\.dev\/run=[^,]/u.test(labels);
    return `${name} → ${digest} ${isOurs ? 'ours' : '-'}\n`;
  });
  return lines.toSorted().join('');
}

/** What the preview says is there, beside what was. @param mark of names that are the run's */
export function previewedNames(preview: string, before: string, mark = ' ours'): string {
  const added = preview.split('\n').flatMap((line) => (line.startsWith('+') ? [`${line.slice(1)}${mark}\n`] : []));
  return [...before.matchAll(/.+\n/gu)]
    .map(([line]) => line)
    .concat(added)
    .toSorted()
    .join('');
}

interface PulledFrom {
  reference: string;
  digest: string;
  parts: readonly ContentPart[];
}

/** Where the image of the registry's case is: set before its node is made. */
export const pulledFrom: PulledFrom = { reference: '', digest: '', parts: [] };

function fromRegistry(): NodeTestCase<ImageAction, ContainerdNode> {
  return {
    before: (node) => {
      for (const { name } of node.records()) node.images('rm', '--sync', name);
      const { reference, digest, parts } = pulledFrom;
      const room = { path: '/var/lib/containerd', needed: 12_000, keepFree: 1_000_000 };
      return someImage({
        image,
        digest,
        bytes: 3000,
        room,
        source: { from: 'registry', reference, hosts: 'plain-http', parts },
      });
    },
    seen: observed,
    killedEvery: 13,
    previewed: (preview, before) => previewedNames(preview, before),
    edit: (node, since) => {
      if (since === 'run') node.images('label', image, 'nodemend.dev/run=');
      else {
        node.hold(mirrored);
        node.images('tag', mirrored, image);
      }
    },
    edited: { plan: 'prepare refused IMAGE_CHANGED_SINCE_PLAN', run: 'undo already' },
  };
}

function fromNode(): NodeTestCase<ImageAction, ContainerdNode> {
  return {
    before: (node) => {
      for (const { name } of node.records()) node.images('rm', name);
      const digest = node.hold(mirrored);
      return someImage({ image, digest, source: { from: 'node', name: mirrored } });
    },
    seen: observed,
    killedEvery: 14,
    previewed: (preview, before) => previewedNames(preview, before),
    edit: (node, since) => {
      // kubelet pulled it before the run; a pull, which replaces a record's labels, behind it.
      if (since === 'plan') node.images('tag', mirrored, image);
      else node.images('label', image, 'nodemend.dev/run=');
    },
    edited: { plan: 'prepare refused IMAGE_CHANGED_SINCE_PLAN', run: 'undo already' },
  };
}

export type ImageFixture = NodeFixture<ImageAction, ImageAction, ContainerdNode>;

/** What a registry gives. */
export const pulls: ImageFixture['testCases'] = { 'an image is pulled': fromRegistry() };

export const fixture: ImageFixture = {
  kind: imageKind,
  makeNode: (shell) => new ContainerdNode('worker-1', shell, { disk: '16m' }),
  testCases: { 'an image gets one name more': fromNode(), ...pulls },
};

/** The same with another containerd, whose programs are in this folder once it begins: killed less often. */
export function ofContainerd(given: ImageFixture, programs: () => string): ImageFixture {
  const seldom = Object.entries(given.testCases).map(([name, one]) => [name, { ...one, killedEvery: 40 }]);
  return {
    ...given,
    makeNode: (shell) => new ContainerdNode('worker-1', shell, { disk: '16m', programs: programs() }),
    shells: ['busybox'],
    testCases: Object.fromEntries(seldom) as ImageFixture['testCases'],
  };
}
