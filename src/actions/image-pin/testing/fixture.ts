import { ContainerdNode } from '../../../../test/chroot/containerd-node.ts';
import type { NodeFixture, NodeTestCase } from '../../testing/node-fixture.ts';
import type { ImagePinAction, ImageRecord } from '../image-pin-action.ts';
import { imagePinKind } from '../image-pin.ts';
import { somePin } from './some-pin.ts';

const image = 'registry.k8s.io/pause:3.6';
const other = 'example.test/other:1';
const earlierRun = '20261101-0100-abcd';

/** Every record with its pin, and whether a run of nodemend's has marked it; one of another image stands beside them. */
function observed(node: ContainerdNode): string {
  const lines = node.records().map(({ name, labels }) => {
    const pinned = /io\.cri-containerd\.pinned=([^,]*)/u.exec(labels)?.[1] ?? '-';
    const run = /nodemend\.dev\/run=([^,]*)/u.exec(labels)?.[1];
    return `${name} ${pinned} ${run === undefined ? '-' : run === earlierRun ? 'earlier' : 'ours'}\n`;
  });
  return lines.toSorted().join('');
}

/** The commands of the preview, carried out on what was seen before. */
function previewed(preview: string, before: string): string {
  const wanted = new Map(
    preview.split('\n').map((line) => {
      const [, name = '', value = ''] = /label (\S+) io\.cri-containerd\.pinned=(\S*)$/u.exec(line) ?? [];
      return [name, value === '' ? '-' : value];
    }),
  );
  return before.replaceAll(/^(\S+) .*$/gmu, (line: string, name: string) => {
    const value = wanted.get(name);
    return value === undefined ? line : `${name} ${value} ours`;
  });
}

function label(node: ContainerdNode, { pinned, run }: Pick<ImageRecord, 'pinned' | 'run'>): void {
  for (const { name } of node.records().filter((record) => record.name !== other))
    node.images('label', name, `io.cri-containerd.pinned=${pinned}`, `nodemend.dev/run=${run}`);
}

function testCase(
  operation: ImagePinAction['operation'],
  earlier: Pick<ImageRecord, 'pinned' | 'run'>,
): NodeTestCase<ImagePinAction, ContainerdNode> {
  return {
    before: (node) => {
      const held = node.records()[0]?.digest;
      const digest = held ?? node.hold(other);
      const records = [image, `registry.k8s.io/pause@${digest}`, digest];
      if (held === undefined) for (const name of records) node.images('tag', other, name);
      label(node, earlier);
      return somePin({ operation, image, records: records.map((name) => ({ name, digest, ...earlier })) });
    },
    seen: observed,
    killedEvery: 7,
    previewed,
    edit: (node, since) => {
      // Another value before the run; a pull, which replaces a record's labels, behind it.
      if (since === 'plan') node.images('label', image, 'io.cri-containerd.pinned=true');
      else label(node, { pinned: '', run: '' });
    },
    edited: { plan: 'prepare refused IMAGE_CHANGED_SINCE_PLAN', run: 'undo already' },
  };
}

export const fixture: NodeFixture<ImagePinAction, ImagePinAction, ContainerdNode> = {
  kind: imagePinKind,
  makeNode: (shell) => new ContainerdNode('worker-1', shell),
  testCases: {
    'an image is pinned': testCase('pin', { pinned: '', run: '' }),
    'a pin is taken off': testCase('unpin', { pinned: 'pinned', run: earlierRun }),
  },
};
