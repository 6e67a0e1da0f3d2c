import { openCluster } from './practice-cluster.ts';
import { describeFreeRoom } from './suites/free-room.ts';

describeFreeRoom(() => openCluster('e2e-room', 3));
