import type { JsonObject } from '../../kubernetes/api.ts';
import { jobNameLabel } from './job-manifest.ts';

/** Of a Pod, what tells whether it can be used, and if not, why. */
export interface PodState {
  readonly name: string;
  readonly job: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`. */
  readonly phase: string;
  /** Its node's kubelet has taken it up. */
  readonly accepted: boolean;
  readonly running: boolean;
  /** Why kubelet does not run it, or no longer: a reason in one word, and kubelet's or the runtime's own sentence. */
  readonly trouble: PodTrouble | undefined;
}

export interface PodTrouble {
  readonly reason: string;
  readonly message: string;
}

/** Waiting for these is the usual way to run. */
const harmless = new Set(['ContainerCreating', 'PodInitializing']);

interface ContainerState {
  readonly waiting?: Partial<PodTrouble>;
  readonly running?: object;
  readonly terminated?: Partial<PodTrouble> & { readonly exitCode?: number };
}

interface RawPod {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: Partial<PodTrouble> & {
    readonly phase?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly { readonly state?: ContainerState }[];
  };
}

export function readPodState(raw: JsonObject): PodState {
  const { metadata = {}, status = {} } = raw as RawPod;
  const { name = '', labels = {} } = metadata;
  const { phase = 'Pending', startTime } = status;
  const state = containerState(status);
  return {
    name,
    job: labels[jobNameLabel] ?? '',
    phase,
    accepted: startTime !== undefined,
    running: phase === 'Running' && state.running !== undefined,
    trouble: troubleOf(status, state),
  };
}

function containerState({ containerStatuses = [] }: NonNullable<RawPod['status']>): ContainerState {
  return containerStatuses[0]?.state ?? {};
}

function troubleOf(status: Partial<PodTrouble>, { waiting, terminated }: ContainerState): PodTrouble | undefined {
  if (waiting?.reason !== undefined && !harmless.has(waiting.reason)) return told(waiting);
  // Kubelet refused the whole pod, or evicted it.
  if (status.reason !== undefined) return told(status);
  if (terminated)
    return {
      reason: terminated.reason ?? 'Terminated',
      message: terminated.message ?? `exit code ${terminated.exitCode ?? '?'}`,
    };
  return undefined;
}

function told({ reason = '', message = '' }: Partial<PodTrouble>): PodTrouble {
  return { reason, message };
}
