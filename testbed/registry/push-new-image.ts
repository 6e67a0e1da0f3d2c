import { appendFile, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImageArchive } from '../node/image-archive.ts';
import type { Testbed } from '../testbed-up.ts';
import { pushImage } from './push-image.ts';

interface NewImage {
  /** What its layer has beside busybox; the name without it. */
  readonly own?: string | Uint8Array;
  readonly registry?: 'upstream' | 'internal';
}

/**
 * Pushes an image whose layer no node has: a runtime does not fetch what it has unpacked already.
 * @param name as of `pushImage`
 */
export async function pushNewImage(
  testbed: Testbed,
  name: string,
  { own = name, registry }: NewImage = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-push-'));
  try {
    const busybox = join(folder, 'busybox');
    await copyFile('/bin/busybox', busybox);
    await appendFile(busybox, own);
    const file = await writeImageArchive(folder, busybox);
    await pushImage(testbed, { format: 'docker-archive', file, reference: 'docker.io/library/box:1' }, name, registry);
  } finally {
    await rm(folder, { recursive: true });
  }
}
