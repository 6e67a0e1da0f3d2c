/**
 * How long it takes to plan the drains of a whole cluster, node by node, once its lists are here: which pods go, what
 * their budgets say, where they fit. The lists come from a real kube-apiserver on this machine, and their time is told
 * beside it. Together with `nodemend plan` of as many nodes it is what planning takes before their reboots.
 *
 *     sh scripts/with-node.sh bench/drain-preflight.ts [--nodes 300] [--pods 10000] [--workloads 1000]
 */
import { parseArgs } from 'node:util';
import { readCluster, type ClusterReading } from '../src/engine/rollout/preflight/cluster-reading.ts';
import { defaultDrainOptions } from '../src/engine/rollout/preflight/drain-options.ts';
import { DrainPreflight } from '../src/engine/rollout/preflight/preflight.ts';
import { openKubernetes } from '../src/kubernetes/open-kubernetes.ts';
import { findBinaries } from '../testbed/control-plane/binaries.ts';
import { EtcdCache, etcdCacheFolder } from './cluster-scan/etcd-cache.ts';
import type { ClusterSize } from './cluster-scan/fill.ts';
import { startFilledCluster } from './cluster-scan/filled-cluster.ts';
import { secondsOfPlan } from './drain-preflight/plan-from-bundle.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Issue 14, point 12. */
const barSeconds = 2;

export interface DrainPreflightBench {
  readonly size: ClusterSize;
  readonly runs: number;
  readonly report: (line: string) => void;
}

/** Needs root for nothing, but Linux, etcd and the testbed's kube-apiserver. */
export async function measureDrainPreflight({
  size,
  runs,
  report,
}: DrainPreflightBench): Promise<readonly BenchResult[]> {
  const cluster = await startFilledCluster({
    binaries: await findBinaries(process.env, report),
    size,
    cache: new EtcdCache(etcdCacheFolder(process.env)),
    report,
  });
  const api = await openKubernetes({ kubeconfig: cluster.plane.kubeconfig('admin'), environment: {} });
  try {
    const lists: number[] = [];
    const plans: number[] = [];
    let places = 0;
    for (let run = 0; run < runs; run++) {
      const began = performance.now();
      const reading = await readCluster(api, new AbortController().signal);
      const read = performance.now();
      places = planEachNode(reading);
      lists.push((read - began) / 1000);
      plans.push((performance.now() - read) / 1000);
    }
    const what = `${size.nodes} nodes, ${size.pods} pods`;
    const preflight = Math.min(...plans);
    const plan = await secondsOfPlan(size.nodes, runs);
    return [
      atMost(`drain preflight of each node alone, ${what} (${places} pods placed)`, preflight, barSeconds, 's'),
      atMost(`nodemend plan kernel-memory --prevent of ${size.nodes} nodes from a bundle`, plan, undefined, 's'),
      atMost(`that plan and the preflight of its drains, ${what}`, plan + preflight, barSeconds, 's'),
      atMost(`drain preflight: lists downloaded and read, ${what}`, Math.min(...lists), undefined, 's'),
    ];
  } finally {
    await api.close();
    await cluster.close();
  }
}

/** @returns how many pods found another place */
function planEachNode(reading: ClusterReading): number {
  // No controller takes the taint off that the server puts onto every new node.
  const nodes = reading.nodes.map((node) => ({ ...node, taints: [] }));
  const preflight = new DrainPreflight({ ...reading, nodes }, defaultDrainOptions);
  let places = 0;
  for (const { name } of reading.nodes)
    places += preflight.of([name]).pods.filter(({ placement }) => placement?.fits === 'yes').length;
  return places;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '300' },
      pods: { type: 'string', default: '10000' },
      workloads: { type: 'string', default: '1000' },
    },
  });
  const results = await measureDrainPreflight({
    size: { nodes: Number(values.nodes), pods: Number(values.pods), workloads: Number(values.workloads) },
    runs: 3,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
