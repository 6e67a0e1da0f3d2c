import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerdNode } from '../../../../test/chroot/containerd-node.ts';
import { sha256 } from '../../../hash/sha256.ts';
import { entriesOf, someImage as someContent, tarOf } from '../../../images/archive/testing/some-image.ts';
import type { NodeTestCase } from '../../testing/node-fixture.ts';
import type { ImageAction } from '../image-action.ts';
import { imageKind } from '../image.ts';
import { archives, folder } from './file-archives.ts';
import { fixture as ofNode, type ImageFixture } from './fixture.ts';
import { someImage } from './some-image.ts';

const image = 'registry.k8s.io/pause:3.6';
const content = someContent('somebody.example/else:1', { indexed: true });
const bundle = await tarOf(entriesOf(content));

const file = join(folder, 'bundle.tar');
writeFileSync(file, bundle);

/** Names as of the other sources; and whether a part of an archive still lies there. */
function observed(node: ContainerdNode): string {
  const { seen } = sameNode();
  const parts = execFileSync('find', [node.path('var/lib'), '-name', 'archive*'], { encoding: 'utf8' });
  return `${seen(node)}${parts}`;
}

function sameNode(): NodeTestCase<ImageAction, ContainerdNode> {
  const [testCase] = Object.values(ofNode.testCases);
  if (testCase === undefined) throw new Error('there is no other source');
  return testCase;
}

const fromFile: NodeTestCase<ImageAction, ContainerdNode> = {
  ...sameNode(),
  before: (node) => {
    for (const { name } of node.records()) node.images('rm', '--sync', name);
    return someImage({
      image,
      digest: content.digest,
      bytes: bundle.length,
      room: { path: '/var/lib', needed: bundle.length, keepFree: 0 },
      source: { from: 'archive', of: { file, sha256: sha256(bundle) } },
    });
  },
  seen: observed,
  killedEvery: 15,
  edit: (node, since) => {
    if (since === 'run') node.images('label', image, 'nodemend.dev/run=');
    else node.hold(image);
  },
};

/** What comes to a node in an archive; the real importer of containerd reads it. */
export const archiveFixture: ImageFixture = {
  kind: imageKind,
  makeNode: (shell) => new ContainerdNode('worker-1', shell),
  testCases: { 'an image comes in an archive': fromFile },
  context: { archives },
};
