import { NodemendError } from '../errors/nodemend-error.ts';
import { compareNames } from './compare-names.ts';
import { askNodes } from './rollout/ask-nodes.ts';
import { readClusterNodes } from './rollout/cluster-nodes.ts';
import { openSession } from './rollout/open-session.ts';
import { takeLease } from './rollout/run-lease.ts';
import type { RunWorld } from './rollout/run-request.ts';
import { soak } from './rollout/soak.ts';
import { takeBack } from './rollout/take-back.ts';
import type { Settled } from './rollout/turns.ts';
import { requireIdle, runStory, type RunStory } from './run-journal.ts';
import type { RunResult } from './run.ts';

export interface UndoRequest extends RunWorld {
  readonly run: string;
  /** Only these nodes of the run; all of them without it. */
  readonly only?: readonly string[];
}

/**
 * Takes a run back, on every node, from the nodes' own records: this machine need not know the run. A file that was edited
 * since is left alone, with the diff, and the others are restored all the same. May be repeated until nothing is left.
 * @throws NodemendError RUN_UNKNOWN, RUN_ACTIVE, RUN_ID_INVALID, LEASE_HELD, JOURNAL_…, API_….
 */
export async function undoRun(request: UndoRequest): Promise<RunResult> {
  const { run, journal } = request;
  const story = runStory((await journal.read(run)) ?? []);
  requireIdle(story);
  const nodes = (await nodesOf(request, story)).filter((node) => request.only?.includes(node) ?? true);
  if (nodes.length === 0) throw new NodemendError('RUN_UNKNOWN', { run });
  const plan = await journal.plan(run);
  const lease = await takeLease(request, run);
  try {
    const session = await openSession(request, { run, kind: 'undo', plan: plan?.hash ?? '', problems: story?.problems ?? [], nodes, lease });
    try {
      return await takeBack(session, nodes, settledIn(request));
    } finally {
      await session.journal.close();
    }
  } finally {
    await lease.release();
  }
}

/** Looks at the cluster before the first node that is disturbed, and after each of them. */
function settledIn(request: UndoRequest): Settled {
  const before = request.api && readClusterNodes(request.api, request.signal);
  // Most undos disturb nothing and never ask.
  before?.catch(() => undefined);
  return async (node) => {
    const one = new Set([node]);
    await soak(request, (await before) ?? [], { changed: one, disturbed: one, reporting: new Set() });
  };
}

/** From the journal of the run itself; without it, the nodes are asked, and one that cannot be asked may know it. */
async function nodesOf(request: UndoRequest, story: RunStory | undefined): Promise<readonly string[]> {
  if (story?.plannedHere) return story.nodes;
  const { memories, lockedOnly, unknown } = await askNodes(request, request.run, false);
  const known = [...memories.keys(), ...lockedOnly];
  if (known.length === 0 && !story) throw new NodemendError('RUN_UNKNOWN', { run: request.run });
  return [...new Set([...known, ...unknown.map(({ node }) => node), ...(story?.nodes ?? [])])].toSorted(compareNames);
}
