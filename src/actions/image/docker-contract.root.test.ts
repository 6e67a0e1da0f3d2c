import { afterAll, beforeAll } from 'vitest';
import { makeImage } from '../../../test/chroot/image-archive.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../test/chroot/local-registry.ts';
import { nodeContract } from '../testing/node-contract.ts';
import { dockerFixture } from './testing/docker-fixture.ts';
import { pulledFrom } from './testing/fixture.ts';

let registry: LocalRegistry;
beforeAll(async () => {
  registry = await startLocalRegistry();
  const image = makeImage();
  Object.assign(pulledFrom, { digest: image.digest, reference: await registry.push(image, 'base/pause') });
}, 300_000);
afterAll(() => registry?.close());

nodeContract(dockerFixture);
