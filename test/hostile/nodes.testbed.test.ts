import { afterAll, beforeAll } from 'vitest';
import { startHostileFixture, type HostileFixture } from './hostile-fixture.ts';
import { clockOff } from './suites/clock-off.ts';
import { diskFull } from './suites/disk-full.ts';
import { kubeletDown } from './suites/kubelet-down.ts';
import { partition } from './suites/partition.ts';

/** Nodes that fail: what became of each is said, and holds. */
let fixture: HostileFixture;
const opened = (): HostileFixture => fixture;
beforeAll(async () => {
  fixture = await startHostileFixture({ containerd: 0, docker: 3 }, 'hostile-nodes');
  await fixture.breakNodes('docker-3');
});
afterAll(() => fixture?.down());

partition({ fixture: opened, nodes: ['docker-1', 'docker-2'] }, () => {
  kubeletDown({ fixture: opened, node: 'docker-1', other: 'docker-3' });
  diskFull({ fixture: opened, node: 'docker-3' });
  clockOff({ fixture: opened, node: 'docker-3' });
});
