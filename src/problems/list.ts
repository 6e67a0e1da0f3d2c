// Every problem that nodemend knows, one line each; nothing else names them. `index.ts` puts them in order.
export { baseImages } from './base-images/entry.ts';
export { calicoEbpf } from './calico-ebpf/entry.ts';
export { calicoImages } from './calico-images/entry.ts';
export { containerLogs } from './container-logs/entry.ts';
export { gpuMetrics } from './gpu-metrics/entry.ts';
export { imagePull } from './image-pull/entry.ts';
export { kernelMemory } from './kernel-memory/entry.ts';
export { nfsLocking } from './nfs-locking/entry.ts';
export { upgradeBlockers } from './upgrade-blockers/entry.ts';
export { volumeOwnership } from './volume-ownership/entry.ts';
export { volumeResize } from './volume-resize/entry.ts';
