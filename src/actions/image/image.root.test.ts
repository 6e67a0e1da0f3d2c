import { describe } from 'vitest';
import { PullBench, servedRegistries } from './testing/pull-bench.ts';
import { endedPullsSuite } from './testing/suites/ended-pulls.ts';
import { imageNamesSuite } from './testing/suites/image-names.ts';
import { movedIdsKilledSuite, movedIdsSuite } from './testing/suites/moved-ids.ts';
import { pulledImagesSuite } from './testing/suites/pulled-images.ts';
import { roomForImagesSuite } from './testing/suites/room-for-images.ts';
import { waysToRegistriesSuite } from './testing/suites/ways-to-registries.ts';

/** Pulls from a real registry, by containerd 1.6 and 2 with the plugin that kubelet asks. */
const registries = servedRegistries();

describe.each(['1.6', '2'] as const)('containerd %s', (version) => {
  const bench = new PullBench(version, registries);
  pulledImagesSuite(bench);
  waysToRegistriesSuite(bench);
  endedPullsSuite(bench);
  roomForImagesSuite(bench);
  imageNamesSuite(bench);
  movedIdsSuite(bench);
});

movedIdsKilledSuite();
