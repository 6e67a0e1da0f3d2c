import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeImage, type MadeImage } from '../../../../../test/chroot/image-archive.ts';
import type { ImageAction } from '../../image-action.ts';
import { imageKind } from '../../image.ts';
import { repository, type PullBench } from '../pull-bench.ts';

/** Room and inodes: what has to stay free, and what becomes of an image that takes more. */
export function roomForImagesSuite(bench: PullBench): void {
  test('a disk that fills while the image comes, or while it is unpacked, keeps nothing of it', async () => {
    const { registry } = bench;
    for (const megabytes of [20, 11]) {
      const image = makeImage(randomBytes(megabytes * 1_000_000));
      await registry.push(image, repository);
      await bench.refusesToPull(bench.pulled(registry.host, image), 'IMAGE_DISK_FULL', /no space left on device/u);
      expect(bench.content()).toBe('');
    }
  });

  test('an image that takes more than was reckoned does not use up what has to stay free', async () => {
    const { node, registry } = bench;
    const zeros = makeImage(Buffer.alloc(9_000_000), { isCompressed: true });
    await registry.push(zeros, repository);
    const { bavail, bsize } = statfsSync(`/proc/${node.pid}/root/var/lib/containerd`);
    const keepFree = bavail * bsize - 4_000_000;
    const room = { path: '/var/lib/containerd', needed: 100_000, keepFree };
    await bench.refusesToPull({ ...bench.pulled(registry.host, zeros), room }, 'IMAGE_NO_ROOM', {
      keepFreeBytes: keepFree,
    });
    expect(bench.content()).toBe('');
  });

  test('an image of more small files than were estimated does not use up what has to stay free, nor the last inode', async () => {
    const { node, registry } = bench;
    const free = (): number => statfsSync(`/proc/${node.pid}/root/var/lib/containerd`).ffree;
    const before = free();
    const withInodes = (image: MadeImage, keepFree: number): ImageAction => {
      const spec = bench.pulled(registry.host, image);
      // One for each 4 KiB, as is planned where nobody knows how many files an image has.
      const inodes = { needed: Math.ceil(image.blobs[0].length / 4096), keepFree };
      return { ...spec, room: { ...spec.room, inodes } };
    };
    const emptyFiles = (count: number): MadeImage =>
      makeImage(Buffer.from(`${count}`), { isCompressed: true, emptyFiles: count });
    const [many, tooMany] = [emptyFiles(1500), emptyFiles(before + 1000)];
    for (const image of [many, tooMany]) await registry.push(image, repository);
    expect(many.blobs[0].length / 4096).toBeLessThan(1500 / 10);

    const keepFree = before - 1000;
    await bench.refusesToPull(
      withInodes(many, keepFree),
      'IMAGE_NO_INODES',
      new RegExp(`; \\d+ are free and ${keepFree} `, 'u'),
    );
    expect([bench.content(), before - free()]).toEqual(['', expect.closeTo(0, -1.5)]);
    await bench.refusesToPull(withInodes(tooMany, 0), 'IMAGE_DISK_FULL', /no space left on device/u);
    expect([bench.content(), before - free()]).toEqual(['', expect.closeTo(0, -1.5)]);
  });

  test('an image that would leave too little room is not begun', async () => {
    const { context, registry } = bench;
    const spec = {
      ...bench.pulled(registry.host),
      room: { path: '/var/lib/containerd', needed: 900_000, keepFree: 16_000_000 },
    };
    const [prepare] = imageKind.apply(spec);
    const result = await prepare?.perform(context);
    expect(result).toMatchObject({
      code: 'IMAGE_NO_ROOM',
      params: {
        bytes: 3000,
        neededBytes: 900_000,
        keepFreeBytes: 16_000_000,
        freeBytes: expect.closeTo(16_000_000, -6.3) as number,
      },
    });
    const nowhere = { ...spec, room: { ...spec.room, path: '/var/lib/elsewhere' } };
    expect(await imageKind.apply(nowhere)[0]?.perform(context)).toMatchObject({ code: 'FOLDER_MISSING' });
    expect(bench.names()).toEqual([]);
  });
}
