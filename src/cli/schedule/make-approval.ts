import { hostname } from 'node:os';
import type { BatchSize } from '../../engine/rollout/batch-size.ts';
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
import type { CommandContext } from '../command-context.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { allowedDisruptions } from '../options/rollout.ts';
import { openSession } from '../options/open-session.ts';
import { type WantedSource } from '../../app/plans/wanted-source.ts';
import { pathsOf } from '../../app/approvals/standing-approval.ts';
import type { Place, ScheduledCommand } from './scheduled-command.ts';
import { selectionOf, wordsOf } from '../options/standing-approval.ts';
import { askedSource } from '../options/source.ts';

export interface MadeApproval {
  readonly approval: StandingApproval;
  /** How many nodes are selected today. */
  readonly selected: number;
  /** Whether it will go onto the machine that it runs on. */
  readonly local: boolean;
}

/**
 * What the scheduled change is approved for, as things are now. Asks the API server who it is; nothing is looked at on
 * nodes.
 * @throws NodemendError ACCESS_NOT_ASKED, NO_TARGETS, PLAN_UNBOUND, API_…, and those of `openSession`
 */
export async function makeApproval(
  command: ScheduledCommand,
  { cap, place }: { readonly cap: BatchSize; readonly place: Place },
  context: CommandContext,
): Promise<MadeApproval> {
  const { options, path } = command;
  const session = await openSession(context, options, path);
  // The pod's own configuration says it there.
  if (session.via === undefined && place === 'here') throw new NodemendError('ACCESS_NOT_ASKED', { command: path });
  const problems = knownProblems(path === 'apply' ? command.args : path.split(' ').slice(0, 1), path);
  const source = await askedSource(options, problems, path, context);
  const api = await session.openApi();
  try {
    const { targets } = await session.findNodes(api, context.interrupt);
    const cluster = api && (await collectCluster(api, context.interrupt));
    return {
      selected: targets.length,
      local: session.via === 'local',
      approval: {
        schema: standingApprovalSchema,
        approvedBy: `${ownUser()}@${hostname()}`,
        approvedAt: new Date().toISOString(),
        target: cluster ? clusterTarget(cluster) : { kind: 'hosts', sha256: hostsIdentity(targets) },
        problems: problems.map(({ meta }) => meta.id),
        ...(source && options.from !== undefined ? { source: sourceOf(source, options.from, options.path) } : {}),
        selection: selectionOf(options),
        cap,
        paths: approvedPaths(source, problems),
        remedies: wordsOf(options.remedy),
        allow: allowedDisruptions(options.allow ?? [], path),
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

/** A file that is put onto nodes has its one place. */
function approvedPaths(source: WantedSource | undefined, problems: readonly Problem[]): readonly string[] {
  return source ? [source.wanted.path] : pathsOf(problems);
}

function sourceOf({ wanted }: WantedSource, path: string, onNodes: string | undefined): ApprovedSource {
  return { path, sha256: wanted.source.sha256, ...(onNodes === undefined ? {} : { onNodes }) };
}
