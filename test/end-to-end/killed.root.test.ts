import { openCluster } from './practice-cluster.ts';
import { describeKilled } from './suites/killed.ts';

describeKilled(() => openCluster('e2e-killed', 3));
