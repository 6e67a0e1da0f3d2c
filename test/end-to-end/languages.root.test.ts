import { openCluster } from './practice-cluster.ts';
import { describeLanguages } from './suites/languages.ts';

describeLanguages(() => openCluster('e2e-korean', 3));
