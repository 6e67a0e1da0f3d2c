import { isNodemendError, type NodemendError } from '../../../errors/nodemend-error.ts';
import type { Sentence } from '../../../errors/sentences.ts';
import type { KubernetesApi } from '../../../kubernetes/api.ts';
import type { Transport } from '../../../transport/transport.ts';
import type { Plan } from '../../plan.ts';
import type { RunOptions } from '../../run.ts';
import { batchesOf } from '../batches.ts';
import { longestMsOf } from '../gates/node-duration.ts';
import { batchCap } from '../health.ts';
import { podName, type ClusterPod } from './cluster-pod.ts';
import { readCluster, type ClusterReading } from './cluster-reading.ts';
import { drainPolicy } from './drain-decision.ts';
import { etcdObjection } from './etcd-quorum.ts';
import { DrainPreflight, type DrainedPod, type Preflight } from './preflight.ts';
import { podSentence } from './preflight-words.ts';

/** What the drains of a plan would meet if they came now. */
export type PlannedDrains =
  | {
      readonly known: true;
      readonly batches: readonly (readonly string[])[];
      /** The longest that a node may take, its soak included. */
      readonly longestMs: number;
      readonly evicted: number;
      /** Pods that stay: of DaemonSets, of the node's own manifests. */
      readonly staying: number;
      /** Why nodes cannot be drained, each with its pod; those of a batch are looked at together. */
      readonly blocked: readonly Sentence[];
      readonly uncertain: readonly Sentence[];
      /** Doubts that a person accepted. */
      readonly accepted: readonly Sentence[];
      /** Pods whose data is lost, or that nothing makes again: `--delete-emptydir-data`, `--force`. */
      readonly lost: readonly string[];
      /** Workloads of one pod, which no budget guards: they are away until it runs elsewhere. */
      readonly single: readonly string[];
      /** Budgets that let fewer pods go at once than a batch holds. */
      readonly slow: readonly string[];
    }
  /** Why it could not be read. */
  | { readonly known: false; readonly error: NodemendError };

interface Draining {
  readonly api?: KubernetesApi | undefined;
  readonly transport?: Transport | undefined;
  readonly options: RunOptions;
  readonly signal: AbortSignal;
}

/** Undefined where no node is rebooted, or none can be drained, because there is no API server. Reads, and changes nothing. */
export async function planDrains(
  plan: Plan,
  { api, transport, options, signal }: Draining,
): Promise<PlannedDrains | undefined> {
  const rebooted = plan.nodes.filter(({ name }) =>
    plan.actions.some(({ node, disrupts }) => node === name && disrupts === 'reboot'),
  );
  if (!api || rebooted.length === 0) return undefined;
  try {
    const reading = await readCluster(api, signal);
    const cap = capOf(reading, plan.nodes.length, options);
    const batches = batchesOf({ nodes: rebooted }, reading.nodes, { options, cap });
    const preflight = new DrainPreflight(reading, drainPolicy(options.drain, transport));
    return drainsOf(
      reading,
      batches.map((batch) => preflight.of(batch)),
      Math.max(...longestMsOf(plan, rebooted, options)),
    );
  } catch (error) {
    if (!isNodemendError(error) || signal.aborted) throw error;
    return { known: false, error };
  }
}

/** What keeps a run from being begun at all is told by the run. */
function capOf(
  { nodes }: ClusterReading,
  targets: number,
  { maxUnavailable }: Pick<RunOptions, 'maxUnavailable'>,
): number {
  try {
    return batchCap({ nodes, targets, maxUnavailable, disruptive: true });
  } catch {
    return 1;
  }
}

/** Pure. */
function drainsOf(reading: ClusterReading, seen: readonly Preflight[], longestMs: number): PlannedDrains {
  const pods = seen.flatMap((one) => one.pods);
  const going = pods.filter(({ decision }) => decision.does === 'evict');
  const etcd = seen.flatMap(({ nodes }): readonly Sentence[] => {
    const why = etcdObjection(reading, nodes);
    return why === undefined ? [] : [{ key: 'drain.etcd', params: { nodes: nodes.join(', '), why: [why] } }];
  });
  return {
    known: true,
    batches: seen.map(({ nodes }) => nodes),
    longestMs,
    evicted: going.length,
    staying: pods.filter(({ decision }) => decision.does === 'leave').length,
    blocked: [...etcd, ...seen.flatMap(({ blockers }) => blockers.map(podSentence))],
    uncertain: seen.flatMap(({ doubts }) => doubts.map(podSentence)),
    accepted: seen.flatMap(({ accepted }) => accepted.map(podSentence)),
    lost: going.filter(({ decision }) => isLoss(decision.policy)).map(({ pod }) => podName(pod)),
    single: singleWorkloads(going, reading.pods),
    slow: [...new Set(seen.flatMap(({ slow }) => slow))],
  };
}

function isLoss(policy: string): boolean {
  return policy === 'emptydir' || policy === 'unmanaged' || policy === 'orphan';
}

const replicated: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController']);

/** A pod that is ready and that the server lets go freely is guarded by no budget. */
function singleWorkloads(going: readonly DrainedPod[], all: readonly ClusterPod[]): readonly string[] {
  const byController = Map.groupBy(all, ({ controller }) => controller?.uid);
  return going.flatMap(({ pod, answer }) => {
    const { controller, namespace } = pod;
    const isOnly = controller && replicated.has(controller.kind) && byController.get(controller.uid)?.length === 1;
    return isOnly && pod.ready && answer?.answer === 'free'
      ? [`${namespace}/${controller.kind}/${controller.name}`]
      : [];
  });
}
