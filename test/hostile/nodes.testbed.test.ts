import { afterAll, beforeAll } from 'vitest';
import { startHostileScene, type HostileScene } from './hostile-scene.ts';
import { clockOff } from './suites/clock-off.ts';
import { diskFull } from './suites/disk-full.ts';
import { kubeletDown } from './suites/kubelet-down.ts';
import { partition } from './suites/partition.ts';

/** Nodes that fail: what became of each is said, and holds. */
let scene: HostileScene;
const opened = (): HostileScene => scene;
beforeAll(async () => {
  scene = await startHostileScene({ containerd: 0, docker: 3 }, 'hostile-nodes');
  await scene.breakNodes('docker-3');
});
afterAll(() => scene?.down());

partition({ scene: opened, nodes: ['docker-1', 'docker-2'] }, () => {
  kubeletDown({ scene: opened, node: 'docker-1', other: 'docker-3' });
  diskFull({ scene: opened, node: 'docker-3' });
  clockOff({ scene: opened, node: 'docker-3' });
});
