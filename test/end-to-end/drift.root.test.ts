import { openCluster } from './practice-cluster.ts';
import { describeDrift } from './suites/drift.ts';

describeDrift(() => openCluster('e2e-drift', 6));
