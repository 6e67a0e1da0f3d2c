import { decideDrain, type DrainPolicy } from '../preflight/drain-decision.ts';
import { readClusterPod } from '../preflight/cluster-pod.ts';
import { awaitDetached, type Attachment } from './detach-volumes.ts';
import type { PodLeft } from '../../run.ts';
import { evictPods, type Drained } from './evict-pods.ts';
import { markNode, unmarkNode, type MarkFault, type NodeInHand, type Unmarked } from './mark-node.ts';
import type { NodeMarks, WorkloadBefore } from './node-marks.ts';
import { readyOwnPods } from './own-pods.ts';
import { awaitAvailable, workloadsOf } from './workloads.ts';

export interface NodeDrain extends NodeInHand {
  readonly owner: string;
  /** In the words of who asked for it. */
  readonly reason?: string | undefined;
  readonly options: DrainPolicy;
  readonly signal: AbortSignal;
  readonly onRound?: (left: readonly PodLeft[]) => void;
}

/** How far a node came on its way out of service. Its marks stay on it until `returnNode`, however it ended. */
export type NodeDrained =
  | { readonly drained: true; readonly marks: NodeMarks }
  | { readonly drained: false; readonly step: 'mark'; readonly fault: MarkFault }
  | { readonly drained: false; readonly step: 'evict'; readonly fault: Exclude<Drained, { readonly drained: true }> }
  | { readonly drained: false; readonly step: 'detach'; readonly attached: readonly Attachment[] };

/**
 * Marks a node, empties it, and waits for its volumes to be let go; the time of the options is for all of it. What it
 * goes by is in the cluster: begun again by another process of the run it goes on where it was.
 *
 * @throws NodemendError API_…, and the signal's reason while volumes are waited for
 */
export async function drainNode(drain: NodeDrain): Promise<NodeDrained> {
  const { api, timing, name, options, signal } = drain;
  const startedAt = timing.monotonicMs();
  const since = new Date(timing.now()).toISOString();
  const reason = drain.reason === undefined ? {} : { reason: drain.reason };
  const [workloads, own] = await Promise.all([goingFrom(drain), readyOwnPods(drain)]);
  const marked = await markNode(drain, { owner: drain.owner, ...reason, since, workloads, own });
  if ('fault' in marked) return { drained: false, step: 'mark', fault: marked.fault };
  const onRound = drain.onRound ? { onRound: drain.onRound } : {};
  const evicted = await evictPods({ api, timing, node: name, options, signal, ...onRound });
  if (!evicted.drained) return { drained: false, step: 'evict', fault: evicted };
  const timeoutSeconds = Math.max(options.timeoutSeconds - (timing.monotonicMs() - startedAt) / 1000, 0);
  const attached = await awaitDetached({ api, timing, node: name, timeoutSeconds, signal });
  return attached.length > 0 ? { drained: false, step: 'detach', attached } : { drained: true, marks: marked.marks };
}

export interface NodeReturn extends NodeInHand {
  readonly workloads: readonly WorkloadBefore[];
  /** For the workloads to be available again. */
  readonly timeoutSeconds: number;
  /** Another tool's object that keeps the node out of service (a NodeMaintenance), if there is one. */
  readonly claim: string | undefined;
  readonly signal: AbortSignal;
}

export interface NodeReturned {
  readonly unmarked: Unmarked | { readonly fault: MarkFault };
  /** Workloads with fewer pods available than before. */
  readonly missing: readonly WorkloadBefore[];
}

/**
 * Puts a node back into service that is well, or was never rebooted. It is told which workloads have not come back, and
 * its marks are taken off nevertheless: a node that is well helps them.
 *
 * @throws NodemendError API_…, and the signal's reason
 */
export async function returnNode(back: NodeReturn): Promise<NodeReturned> {
  const missing = await awaitAvailable(back, back.workloads);
  return { unmarked: await unmarkNode(back, back.claim), missing };
}

/** Counted before the first pod goes. */
async function goingFrom({ api, name, options, signal }: NodeDrain): Promise<readonly WorkloadBefore[]> {
  const fieldSelector = `spec.nodeName=${name}`;
  const pods = await api.list('/api/v1/pods', { project: readClusterPod, fieldSelector, signal });
  // Those of DaemonSets stay, or are of none that is there: either way they have no count to come back to.
  const going = pods.filter((pod) => decideDrain(pod, options, () => true).does === 'evict');
  return workloadsOf(api, going, signal);
}
