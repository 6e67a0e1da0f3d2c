import { expect, test } from 'vitest';
import { fixture, type FixtureNode } from '../problems/base-images/testing/fixture.ts';
import { archivePlace, bytesOnDisk, headroomOf, inodesOnDisk } from './headroom.ts';
import { neededByNode } from './needed-images.ts';
import { nodeView, type NodeView } from './node-view.ts';

test('an image takes its transfer and three times that, unpacked, and a file for each four KiB of it', () => {
  expect([bytesOnDisk(300), bytesOnDisk(0)]).toEqual([1200, 0]);
  expect([inodesOnDisk(300), inodesOnDisk(8192), inodesOnDisk(8193), inodesOnDisk(0)]).toEqual([1, 2, 3, 0]);
  // Where a node has counted them.
  expect([inodesOnDisk(8192, 7), inodesOnDisk(8192, 90_000)]).toEqual([519, 90_512]);
});

function viewOf(node: FixtureNode): NodeView {
  const evidence = fixture(node);
  const [first] = evidence.nodes;
  if (first === undefined) throw new Error('there is no node');
  return nodeView(first, evidence, neededByNode(evidence));
}

test('inodes stay free as kubelet keeps them, and limit nothing where a file system has no number of them', () => {
  expect(headroomOf(viewOf({ freeInodes: 900 }))).toMatchObject({
    state: 'known',
    headroom: { path: '/var/lib/containerd', inodes: { keepFree: 250, left: 650 } },
  });
  expect(headroomOf(viewOf({ inodes: 0, freeInodes: 0 }))).not.toHaveProperty('headroom.inodes');
  expect(headroomOf(viewOf({ freeInodes: 900, kubelet: 'no-kubelet' }))).toMatchObject({
    headroom: { inodes: { keepFree: 0, left: 900 } },
  });
});

test('an archive on a disk of its own may take what kubelet does not keep free there', () => {
  expect(archivePlace(viewOf({ others: 'same-disk' }))).toEqual({ on: 'images' });
  // Where it lies nobody knows.
  expect(archivePlace(viewOf({}))).toEqual({ on: 'images' });
  // Of 50,000 blocks 40,000 are free, and a tenth has to be.
  expect(archivePlace(viewOf({ others: 'another-disk' }))).toEqual({
    on: 'other',
    path: '/var/lib',
    keepFree: 5000 * 4096,
    left: 35_000 * 4096,
  });
  const others = { blocks: 5500, path: '/var/lib/kubelet' } as const;
  expect(archivePlace(viewOf({ others }))).toMatchObject({ path: '/var/lib/kubelet', left: 500 * 4096 });
});
