import { openCluster } from './practice-cluster.ts';
import { describeBundle } from './suites/bundle.ts';

describeBundle(() => openCluster('e2e-bundle', 4));
