import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binaries } from '../../testbed/control-plane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane/control-plane.ts';
import type { EtcdCache } from './etcd-cache.ts';
import { fillCluster, type ClusterSize } from './fill.ts';

export interface FilledClusterOptions {
  readonly binaries: Binaries;
  readonly size: ClusterSize;
  readonly cache: EtcdCache;
  readonly report: (line: string) => void;
}

/** A real control plane without controllers, with synthetic nodes, workloads and pods in it. */
export interface FilledCluster {
  readonly plane: ControlPlane;
  readonly close: () => Promise<void>;
}

/**
 * Loads the objects through the API once, which takes minutes at full size, and from then on starts on a copy of what
 * etcd wrote. The first time goes the same way, so that no measurement is taken on a server that is warm from being
 * filled.
 */
export async function startFilledCluster({
  binaries,
  size,
  cache,
  report,
}: FilledClusterOptions): Promise<FilledCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-cluster-scan-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const key = cacheKey(binaries, size);
    const etcdFolder = join(folder, 'etcd');
    if (!(await cache.restore(key, etcdFolder))) {
      await fill(join(folder, 'fresh'), { binaries, size, report });
      await cache.store(key, join(folder, 'fresh'));
      await rm(join(folder, 'fresh'), { recursive: true });
      if (!(await cache.restore(key, etcdFolder)))
        throw new Error('the snapshot of etcd was removed while it was made');
    }
    const startedAt = performance.now();
    const plane = await startControlPlane({ binaries, etcdFolder });
    report(`control plane with ${told(size)} ready in ${seconds(startedAt)} s`);
    const close = async (): Promise<void> => {
      await plane.stop();
      await remove();
    };
    return { plane, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function fill(
  etcdFolder: string,
  { binaries, size, report }: Omit<FilledClusterOptions, 'cache'>,
): Promise<void> {
  const startedAt = performance.now();
  report(`loading ${told(size)} through the API (once)`);
  const plane = await startControlPlane({ binaries, etcdFolder });
  try {
    await fillCluster(plane, size);
  } finally {
    await plane.stop();
  }
  report(`loaded in ${seconds(startedAt)} s`);
}

/** What is in a snapshot follows from the sources of the objects and of the programs that stored them. */
function cacheKey({ etcd, apiserver }: Binaries, { nodes, pods, workloads }: ClusterSize): string {
  const sources = ['fill.ts', 'synthetic-objects.ts'].map((file) =>
    readFileSync(join(import.meta.dirname, file), 'utf8'),
  );
  const versions = [etcd, apiserver].map((program) => execFileSync(program, ['--version'], { encoding: 'utf8' }));
  return createHash('sha256')
    .update([...sources, ...versions, nodes, pods, workloads].join('\0'))
    .digest('hex')
    .slice(0, 16);
}

function told({ nodes, pods, workloads }: ClusterSize): string {
  return `${nodes} nodes, ${workloads} workloads and ${pods} pods`;
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}
