import { openCluster } from './practice-cluster.ts';
import { describeCure } from './suites/cure.ts';

describeCure(() => openCluster('e2e-cure', 6));
