import { openCluster } from './practice-cluster.ts';
import { describeSecrets } from './suites/secrets.ts';

describeSecrets(() => openCluster('e2e-secrets', 2));
