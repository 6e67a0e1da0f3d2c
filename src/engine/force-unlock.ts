import { NodemendError } from '../errors/nodemend-error.ts';
import { freeLease, readLeaseState, type LeaseState } from '../kubernetes/lease-state.ts';
import { systemTiming } from '../kubernetes/timing.ts';
import { defaultLease } from './default-lease.ts';
import { isRunId } from './run-id.ts';
import { findRecord } from './rollout/cluster-objects/run-record.ts';
import { durationSeconds } from './rollout/run-lease.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { requireIdle, runSummary } from './run-journal.ts';

export interface ForceUnlockRequest
  extends Required<Pick<RunDependencies, 'api'>>, Pick<RunDependencies, 'lease' | 'timing' | 'signal'> {
  readonly journal: Pick<RunDependencies['journal'], 'read'>;
  /** The run that the lease is thought to name. */
  readonly run: string;
  /** Asks a person. @throws to leave everything as it is. */
  readonly approve: (held: HeldByNobody) => Promise<void>;
}

/** What a person has to know before the lease is taken from a run. */
export interface HeldByNobody {
  readonly lease: string;
  /** By the holder's clock; RFC 3339. */
  readonly renewTime: string;
  /** By the server's clock; undefined where it does not tell. */
  readonly unwrittenSeconds: number | undefined;
  /** A run at work writes the lease this often. */
  readonly renewedEverySeconds: number;
}

/**
 * Frees the cluster's lease from a run that nobody knows: one that died between its write and the first line of its
 * journal, or whose machine is gone. A run that this machine or the cluster knows is resumed or undone instead, which
 * takes its lease at once and looks at what it left. Nothing of nodes and objects is touched.
 * @throws NodemendError RUN_ID_INVALID, RUN_ACTIVE, LEASE_RUN_KNOWN, LEASE_NOT_OF_RUN, LEASE_RENEWED, what `approve`
 *   throws, API_….
 */
export async function forceUnlock(request: ForceUnlockRequest): Promise<{ readonly lease: string }> {
  const { api, lease = defaultLease, run, timing = systemTiming, signal } = request;
  if (!isRunId(run)) throw new NodemendError('RUN_ID_INVALID', { run });
  const state = await readLeaseState(api, { ...lease, timing, signal });
  if (state === undefined || state.lease.holder !== run)
    throw new NodemendError('LEASE_NOT_OF_RUN', {
      lease: `${lease.namespace}/${lease.name}`,
      run,
      holder: state?.lease.holder || '-',
    });
  await requireUnknown(request);
  await request.approve(whatIsHeld(state));
  if (!(await freeLease(api, state, timing))) throw new NodemendError('LEASE_RENEWED', { lease: state.label, run });
  return { lease: state.label };
}

async function requireUnknown(request: ForceUnlockRequest): Promise<void> {
  const { run, journal } = request;
  const text = await journal.read(run);
  const summary = text && runSummary(text);
  requireIdle(summary);
  if (summary || (await findRecord(request, run, undefined))) throw new NodemendError('LEASE_RUN_KNOWN', { run });
}

function whatIsHeld({ label, lease, unwrittenSeconds }: LeaseState): HeldByNobody {
  const { renewTime } = lease;
  return { lease: label, renewTime, unwrittenSeconds, renewedEverySeconds: durationSeconds / 3 };
}
