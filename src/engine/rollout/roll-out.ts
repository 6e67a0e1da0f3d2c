import type { PlanNode } from '../plan.ts';
import type { NodeOutcome, RunResult, StopReason } from '../run.ts';
import type { NodeWork } from './node-work.ts';
import { stopsSomething } from './guards.ts';
import type { DepartedNode, WatchedNodes } from './health.ts';
import { changeObjects } from './cluster-objects/change-objects.ts';
import type { RecordWriter } from './cluster-objects/record-writer.ts';
import { concurrently } from './concurrently.ts';
import { lockNodes, unlockNodes } from './lock-nodes.ts';
import { Progress } from './progress.ts';
import { lenient } from './undo-actions.ts';
import { watched } from './watched-journal.ts';
import type { RunSession } from './session.ts';

export interface Rollout {
  readonly nodes: readonly PlanNode[];
  readonly work: ReadonlyMap<string, NodeWork>;
  readonly batches: readonly (readonly string[])[];
  /** Of nodes that could not be asked what the run did there: nothing is begun on them. */
  readonly unasked?: readonly NodeOutcome[];
  /** Why the run ends after what had been begun: the plan with the rest is not here. */
  readonly unplanned?: StopReason;
  /** The run's changes of objects of the API, which come behind all nodes. */
  readonly objects?: RecordWriter;
  /** Watches the cluster between batches. @returns nodes that left it @throws NodemendError, which ends the run. */
  readonly soak: (watched: WatchedNodes) => Promise<readonly DepartedNode[]>;
}

/**
 * lock → what an earlier process left open → per batch: change, watch → unlock → objects of the API. Ends before the
 * next batch, and before the next node, when a stop rule holds.
 * A journal that can no longer be written stops it too: what is under way is undone, what was changed before is
 * told.
 */
export async function rollOut(opened: RunSession, rollout: Rollout): Promise<RunResult> {
  const journal = watched(opened.journal, (fault) => progress.stop(fault));
  const session = { ...opened, journal };
  const progress: Progress = new Progress(session, rollout);
  const unasked = new Set(await progress.recordUnasked());
  const { locked, unsure, outcomes } = await lockNodes(
    session,
    rollout.nodes.filter(({ name }) => !unasked.has(name)),
  );
  await progress.recordLocking(outcomes);

  await finishNodes(session, rollout, progress);
  if (rollout.unplanned) progress.stop(rollout.unplanned);

  await takeBatches(session, rollout, progress);

  // A node whose state nobody knows stays locked, so that no other run starts on it before somebody looks.
  const unknown = progress.unknownNodes();
  const maybeLocked = [...locked, ...unsure];
  const keptLocked = maybeLocked.filter((node) => unknown.has(node));
  // What is let go is told by the nodes; a full disk here must not keep them locked.
  const ending = { ...session, journal: lenient(journal) };
  const stillLocked = await unlockNodes(
    ending,
    maybeLocked.filter((node) => !unknown.has(node)),
  );
  await progress.returnNodes();
  const objects = rollout.objects && (await changeObjects(session, rollout.objects, progress.cameThrough()));
  if (objects?.stopped) progress.note(objects.stopped);
  const end = (): RunResult => progress.end([...keptLocked, ...stillLocked], objects?.outcomes);
  const { verdict, interrupted, stopped } = end();
  const paused = stopped?.why === 'gate' ? { paused: true } : {};
  const planMissing = rollout.unplanned ? { planMissing: true } : {};
  await ending.journal.write({ entry: 'end', verdict, interrupted, ...planMissing, ...paused });
  // Once more: that line may be the one that could not be written.
  const result = end();
  session.emit({ event: 'ended', result });
  return result;
}

/** What an earlier process left open. */
async function finishNodes({ options }: RunSession, rollout: Rollout, progress: Progress): Promise<void> {
  const unfinished = progress.unfinishedNodes();
  const isLookedAt = (node: string): boolean => rollout.work.get(node)?.how === 'finished';
  await concurrently(unfinished.filter(isLookedAt), options.concurrency, (node) => progress.finish(node));
  // That process had no more of them in hand than it might have, but those that cannot be asked may be any number.
  const open = unfinished.filter((node) => !isLookedAt(node));
  await concurrently(open, disturbs(rollout) ? 1 : options.concurrency, (node) => progress.finish(node));
  if (disturbs(rollout) && unfinished.length > 0) await progress.watch();
}

async function takeBatches(session: RunSession, rollout: Rollout, progress: Progress): Promise<void> {
  const batches = progress.stopped() ? [] : progress.remainingBatches();
  session.emit({ event: 'batches', batches });
  for (const [index, batch] of batches.entries()) {
    if (progress.stopped() || !(await progress.admit(batch))) break;
    session.emit({ event: 'batch', index, of: batches.length, nodes: batch });
    await concurrently(batch, session.options.concurrency, (node) => progress.change(node));
    // What was disturbed has to be seen to come back, also when nothing follows it.
    if (index < batches.length - 1 || disturbs(rollout)) await progress.watch();
  }
}

function disturbs({ work }: Rollout): boolean {
  return [...work.values()].some(({ actions }) => actions.some(({ action }) => stopsSomething(action)));
}
