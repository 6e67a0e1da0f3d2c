import type { CatalogueEntry } from './catalogue-entry.ts';
import { containerLogs } from './container-logs/entry.ts';
import { imagePull } from './image-pull/entry.ts';
import { kernelMemory } from './kernel-memory/entry.ts';
import { baseImages } from './base-images/entry.ts';
import { volumeOwnership } from './volume-ownership/entry.ts';
import { nfsLocking } from './nfs-locking/entry.ts';
import { upgradeBlockers } from './upgrade-blockers/entry.ts';
import { gpuMetrics } from './gpu-metrics/entry.ts';
import { volumeResize } from './volume-resize/entry.ts';

/** Every problem nodemend knows, one line each. Nothing else names them. */
export const problemCatalogue: readonly CatalogueEntry[] = [
  containerLogs,
  imagePull,
  kernelMemory,
  baseImages,
  volumeOwnership,
  nfsLocking,
  upgradeBlockers,
  gpuMetrics,
  volumeResize,
];
