import { afterAll, beforeAll } from 'vitest';
import { makeImage } from '../../../../test/chroot/image-archive.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../../test/chroot/local-registry.ts';
import { pulledFrom } from './fixture.ts';
import { partsOf } from './pulled-parts.ts';

/** The registry that the contract's pulls come from, for as long as a test file runs. */
export function servePulledImage(): void {
  let registry: LocalRegistry;
  beforeAll(async () => {
    registry = await startLocalRegistry();
    const image = makeImage();
    const reference = await registry.push(image, 'base/pause');
    Object.assign(pulledFrom, { reference, digest: image.digest, parts: partsOf(image) });
  }, 300_000);
  afterAll(() => registry?.close());
}
