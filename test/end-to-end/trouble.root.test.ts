import { openCluster } from './practice-cluster.ts';
import { describeTrouble } from './suites/trouble.ts';

describeTrouble(() => openCluster('e2e-trouble', 6));
