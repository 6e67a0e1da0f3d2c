import { findPrunable, pruneFound, type PruneFound, type PruneRequest } from '../../engine/prune.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { withOpened } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';

export interface PruneWishes extends Pick<PruneRequest, 'days' | 'copies'> {
  readonly session: Session;
  /** Told what could go, and how many records that is; resolves when it shall. @throws NodemendError APPROVAL_… */
  readonly approve: (found: PruneFound, count: number) => Promise<void>;
}

export interface Pruned {
  readonly found: PruneFound;
  /** Undefined where there was nothing that could go. */
  readonly gone?: PruneFound;
  /** 6 where a node did not answer, or did not do it. */
  readonly exitCode: 0 | 6;
}

/** Takes from the nodes the records that no undo needs any more. @throws NodemendError ACCESS_NOT_ASKED, APPROVAL_… */
export async function prune({ session, approve, ...limits }: PruneWishes, { interrupt }: Ports): Promise<Pruned> {
  return withOpened(session, async ({ api, transport }) => {
    if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'prune' });
    const { targets } = await session.findNodes(api, interrupt);
    const concurrency = session.configuration.ssh?.concurrency ?? 32;
    const request = { ...limits, transport, targets, concurrency, signal: interrupt };
    const found = await findPrunable(request);
    const isWhole = found.unknown.length === 0;
    const count = prunableIn(found);
    if (count === 0) return { found, exitCode: isWhole ? 0 : 6 };
    await approve(found, count);
    const gone = await pruneFound(request, found);
    return { found, gone, exitCode: isWhole && prunableIn(gone) === count ? 0 : 6 };
  });
}

export function prunableIn({ nodes }: PruneFound): number {
  return nodes.reduce((sum, { prunable }) => sum + prunable.length, 0);
}
