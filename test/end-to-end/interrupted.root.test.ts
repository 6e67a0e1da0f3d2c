import { openCluster } from './practice-cluster.ts';
import { describeInterrupted } from './suites/interrupted.ts';

describeInterrupted(() => openCluster('e2e-stopped', 3));
