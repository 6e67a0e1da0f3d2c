import { afterAll } from 'vitest';
import { describeBundle } from './suites/bundle.ts';
import { describeCure } from './suites/cure.ts';
import { describeDrift } from './suites/drift.ts';
import { describeInterrupted } from './suites/interrupted.ts';
import { describeKilled } from './suites/killed.ts';
import { describeLanguages } from './suites/languages.ts';
import { describeRotation } from './suites/rotation.ts';
import { describeSecrets } from './suites/secrets.ts';
import { describeTrouble } from './suites/trouble.ts';
import { openTestbedCluster, shareCluster } from './testbed-cluster.ts';

/**
 * The suite of the practice cluster, with the same expectations, on a real cluster: one testbed for all of it. Signals
 * and moments of a kill are one of each kind here.
 */
const { create, down } = shareCluster(() => openTestbedCluster('e2e', { containerd: 1, containerd2: 1, docker: 3 }));
afterAll(down);

describeCure(create);
describeDrift(create);
describeBundle(create);
describeLanguages(create);
describeSecrets(create);
describeRotation(create);
describeTrouble(create);
describeInterrupted(create, 'first of a kind');
describeKilled(create, 'first of a kind');
