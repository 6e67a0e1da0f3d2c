import { hostname } from 'node:os';
import { hostsIdentity } from '../../engine/schedule/require-approved.ts';
import {
  standingApprovalSchema,
  type ApprovedSource,
  type ApprovedTarget,
  type StandingApproval,
} from '../../engine/schedule/standing-approval.ts';
import { collectCluster } from '../../evidence/collect-cluster.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { WantedSource } from '../plans/wanted-source.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';
import { pathsOf } from './standing-approval.ts';

export interface ApprovalRequest extends Pick<StandingApproval, 'selection' | 'cap' | 'remedies' | 'allow'> {
  readonly session: Session;
  readonly problems: readonly Problem[];
  readonly source?: ScheduledSource | undefined;
}

/** The file that nodes are made equal to. */
export interface ScheduledSource extends WantedSource {
  readonly file: string;
  /** Where it goes on them, when that was said. */
  readonly onNodes?: string | undefined;
}

export interface MadeApproval {
  readonly approval: StandingApproval;
  /** How many nodes are selected today. */
  readonly selected: number;
  /** Whether it will go onto the machine that it runs on. */
  readonly local: boolean;
}

/**
 * What a scheduled change is approved for, as things are now. Asks the API server who it is; nothing is looked at on
 * nodes.
 * @throws NodemendError NO_TARGETS, PLAN_UNBOUND, API_…
 */
export async function makeApproval(
  { session, problems, source, selection, cap, remedies, allow }: ApprovalRequest,
  { interrupt, now }: Ports,
): Promise<MadeApproval> {
  const api = await session.openApi();
  try {
    const { targets } = await session.findNodes(api, interrupt);
    const cluster = api && (await collectCluster(api, interrupt));
    return {
      selected: targets.length,
      local: session.via === 'local',
      approval: {
        schema: standingApprovalSchema,
        approvedBy: `${ownUser()}@${hostname()}`,
        approvedAt: now().toISOString(),
        target: cluster ? clusterTarget(cluster) : { kind: 'hosts', sha256: hostsIdentity(targets) },
        problems: problems.map(({ meta }) => meta.id),
        ...(source ? { source: sourceOf(source) } : {}),
        selection,
        cap,
        // A file that is put onto nodes has its one place.
        paths: source ? [source.wanted.path] : pathsOf(problems),
        remedies,
        allow,
      },
    };
  } finally {
    await api?.close();
  }
}

function clusterTarget({ uid, context, server }: Awaited<ReturnType<typeof collectCluster>>): ApprovedTarget {
  if (uid.state !== 'seen') throw new NodemendError('PLAN_UNBOUND', {});
  return { kind: 'cluster', uid: uid.value, context, server };
}

function sourceOf({ wanted, file, onNodes }: ScheduledSource): ApprovedSource {
  return { path: file, sha256: wanted.source.sha256, ...(onNodes === undefined ? {} : { onNodes }) };
}
