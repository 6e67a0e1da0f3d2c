import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { contextOf, lock, perform } from '../../../test/chroot/file-fixture.ts';
import type { ImagePinAction } from './image-pin-action.ts';
import { imagePinKind } from './image-pin.ts';
import { somePin } from './testing/some-pin.ts';

/** What becomes of a pin under a real containerd that others use, too. */
const image = 'registry.k8s.io/pause:3.6';
let node: ContainerdNode;
let spec: ImagePinAction;
beforeAll(async () => {
  node = new ContainerdNode('worker-1', 'dash');
  const digest = node.hold(image);
  spec = somePin({ records: [{ name: image, digest, pinned: '', run: '' }] });
  await lock(node);
  const outcomes = await perform(imagePinKind.apply(spec), contextOf(node));
  expect(outcomes).toEqual(['prepare done', 'pin done', 'verify done']);
});
afterAll(() => node?.remove());

const verified = async (): Promise<unknown> => imagePinKind.verify(spec)[0]?.perform(contextOf(node));

test('a record that was removed and comes back has lost the pin, and verify says so', async () => {
  node.images('rm', image);
  node.hold(image);
  expect(await verified()).toMatchObject({ code: 'IMAGE_NOT_IN_FORCE', params: { image, context: 'unpinned' } });
  expect(await imagePinKind.inspect(spec, contextOf(node))).toBe('moved');
});

test('a record that is gone is told, and an undo has nothing to put back', async () => {
  node.images('rm', image);
  expect(await verified()).toMatchObject({ code: 'IMAGE_NOT_IN_FORCE', params: { image, context: 'gone' } });
  expect(await perform(imagePinKind.undo(spec), contextOf(node))).toEqual(['undo already']);
});

test('a socket without a daemon is an error in the words of ctr; without a socket and without ctr it is refused', async () => {
  node.stop();
  await expect(verified()).rejects.toMatchObject({ code: 'RUNTIME_CLIENT_FAILED' });
  rmSync(node.path(spec.socket));
  expect(await verified()).toMatchObject({ outcome: 'refused', code: 'RUNTIME_AWAY' });
  rmSync(node.path('usr/bin/ctr'));
  expect(await verified()).toMatchObject({ outcome: 'refused', code: 'RUNTIME_CLIENT_MISSING' });
});
