import { defaultLease } from '../../engine/default-lease.ts';
import { forceUnlock as unlock, type HeldByNobody } from '../../engine/force-unlock.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { isRunId } from '../../engine/run-id.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { withOpened } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';

export interface ForceUnlockWishes {
  readonly run: string;
  readonly session: Session;
  /** Asks a person, who alone can know that the run is dead. @throws to leave everything as it is. */
  readonly approve: (held: HeldByNobody, place: string) => Promise<void>;
}

/**
 * Takes the lease of a cluster from a run that is gone. @throws NodemendError RUN_ID_INVALID, PLAN_NEEDS_API, LEASE_…,
 * API_…
 */
export async function forceUnlock(
  { run, session, approve }: ForceUnlockWishes,
  { environment, interrupt }: Ports,
): Promise<{ readonly lease: string }> {
  // What is not a run's id is not a reason to ask a cluster.
  if (!isRunId(run)) throw new NodemendError('RUN_ID_INVALID', { run });
  return withOpened(session, async ({ api }) => {
    if (!api) throw new NodemendError('PLAN_NEEDS_API', { server: '-' });
    const { leaseNamespace: namespace = defaultLease.namespace } = session.configuration;
    return unlock({
      api,
      lease: { ...defaultLease, namespace },
      journal: journalStore(runsFolder(environment)),
      run,
      signal: interrupt,
      approve: (held) => approve(held, `${api.context} (${api.server})`),
    });
  });
}
