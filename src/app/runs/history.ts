import { defaultLease } from '../../engine/default-lease.ts';
import { listClusterRuns, listNodeRuns, listRuns, type ClusterRuns, type NodeRuns } from '../../engine/history.ts';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import type { RunSummary } from '../../engine/run-journal.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { withOpened } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';

/** The runs that this machine began. @throws NodemendError JOURNAL_… */
export function runsHere({ environment }: Ports): Promise<readonly RunSummary[]> {
  return listRuns(journalStore(runsFolder(environment)));
}

/** Those that the cluster's own records report. @throws NodemendError API_… */
export async function runsOfCluster(session: Session, { interrupt }: Ports): Promise<ClusterRuns> {
  const { leaseNamespace: namespace } = session.configuration;
  const lease = namespace === undefined ? {} : { lease: { ...defaultLease, namespace } };
  return withOpened(session, ({ api }) => listClusterRuns({ ...(api ? { api } : {}), ...lease }, interrupt));
}

/** Those that the nodes' own records report. @throws NodemendError ACCESS_NOT_ASKED, API_… */
export async function runsOfNodes(session: Session, command: string, { interrupt }: Ports): Promise<NodeRuns> {
  return withOpened(session, async ({ api, transport }) => {
    if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command });
    const { targets } = await session.findNodes(api, interrupt);
    const concurrency = session.configuration.ssh?.concurrency ?? 32;
    return listNodeRuns({ transport, targets, concurrency, signal: interrupt });
  });
}
