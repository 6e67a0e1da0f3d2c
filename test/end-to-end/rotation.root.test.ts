import { openCluster } from './practice-cluster.ts';
import { describeRotation } from './suites/rotation.ts';

describeRotation(() => openCluster('e2e-rotation', 2));
