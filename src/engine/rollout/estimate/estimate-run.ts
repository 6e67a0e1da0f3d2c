import type { Plan } from '../../plan.ts';
import { batchesOf } from '../batches.ts';
import { readClusterNodes } from '../cluster-nodes.ts';
import { guardNodes, isDisruptive } from '../guards.ts';
import { batchCap } from '../health.ts';
import { readCluster } from '../preflight/cluster-reading.ts';
import { ownHost } from '../own-host.ts';
import { DrainPreflight } from '../preflight/preflight.ts';
import type { RunDependencies } from '../run-request.ts';
import { bootTime, type BootTime } from './boot-time.ts';
import { drainTime, type DrainTime } from './drain-time.ts';

/** What a run will take, before anything is begun. Seconds throughout. */
export interface RunEstimate {
  /** Which nodes are worked on at once, in order. */
  readonly batches: readonly (readonly NodeEstimate[])[];
  readonly boot: BootTime;
  /** Behind each batch. */
  readonly soakSeconds: number;
  readonly totalSeconds: number;
}

export interface NodeEstimate {
  readonly node: string;
  readonly reboots: boolean;
  /** Undefined where it is not drained: nothing is rebooted, or there is no API server to ask. */
  readonly drain: DrainTime | undefined;
  /** Drain, reboot and nodemend's own work. */
  readonly seconds: number;
}

type EstimateDependencies = Pick<RunDependencies, 'api' | 'targets' | 'options' | 'journal' | 'signal'>;

/** nodemend's own work on a node, at most (bench: own overhead of a rolling run). */
const ownSeconds = 2;

/**
 * Reads how full the nodes are and lays the run out in time. Nothing is changed, and no lease is taken.
 *
 * @throws NodemendError API_…, JOURNAL_UNREADABLE; CLUSTER_UNHEALTHY, CONTROL_PLANE_NOT_NAMED, OWN_HOST_… where the run
 *   would not begin
 */
export async function estimateRun(
  { api, targets, options, journal, signal }: EstimateDependencies,
  plan: Plan,
): Promise<RunEstimate> {
  const rebooted = new Set(plan.actions.filter(({ disrupts }) => disrupts === 'reboot').map(({ node }) => node));
  const isAsked = api !== undefined && plan.target.kind === 'cluster' && plan.nodes.length > 0;
  const nodes = isAsked ? await readClusterNodes(api, signal) : [];
  guardNodes(plan, options, { nodes, targets, own: ownHost() });
  const { maxUnavailable, drain, soakSeconds } = options;
  const cap = batchCap({ nodes, targets: plan.nodes.length, maxUnavailable, disruptive: isDisruptive(plan) });
  const preflight =
    isAsked && rebooted.size > 0 ? new DrainPreflight(await readCluster(api, signal), drain) : undefined;
  const boot = await bootTime(journal);
  const batches = batchesOf(plan, nodes, { options, cap }).map((batch) =>
    batch.map((node): NodeEstimate => {
      const reboots = rebooted.has(node);
      const drained = reboots && preflight ? drainTime(preflight.of([node]), drain) : undefined;
      return {
        node,
        reboots,
        drain: drained,
        seconds: ownSeconds + (drained?.seconds ?? 0) + (reboots ? boot.seconds : 0),
      };
    }),
  );
  return { batches, boot, soakSeconds, totalSeconds: totalOf(batches, soakSeconds, isDisruptive(plan)) };
}

/** The nodes of a batch at once, and a soak behind each but the last; behind that as well where it disturbs. */
function totalOf(batches: RunEstimate['batches'], soakSeconds: number, disturbs: boolean): number {
  const work = batches.reduce((sum, batch) => sum + Math.max(0, ...batch.map(({ seconds }) => seconds)), 0);
  return work + soakSeconds * Math.max(batches.length - (disturbs ? 0 : 1), 0);
}
