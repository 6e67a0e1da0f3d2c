import { readNodeMemory, type NodeMemory } from '../../actions/node-state/node-records.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeOutcome } from '../run.ts';
import { concurrently } from './concurrently.ts';
import { faultOfError, outcomeOf } from './node-outcome.ts';
import type { RunDependencies } from './run-request.ts';

export interface RunOnNodes {
  /** Nodes with records of the run. */
  readonly memories: ReadonlyMap<string, NodeMemory>;
  /** Nodes with nothing but the lock of the run: it died before it began there. */
  readonly lockedOnly: readonly string[];
  /** Nodes that could not be asked. */
  readonly unknown: readonly NodeOutcome[];
}

/** Asks every target what it knows of a run. Only reads. @throws NodemendError ACCESS_NOT_ASKED */
export async function askNodes(dependencies: RunDependencies, run: string, withContent: boolean): Promise<RunOnNodes> {
  const memories = new Map<string, NodeMemory>();
  const lockedOnly: string[] = [];
  const unknown: NodeOutcome[] = [];
  const { transport } = dependencies;
  if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'undo' });
  await concurrently(dependencies.targets, dependencies.options.concurrency, async (target) => {
    try {
      const connection = await transport.connect(target, dependencies.signal);
      try {
        const memory = await readNodeMemory(connection, { run, withContent });
        if (memory.records.length > 0) memories.set(target.name, memory);
        else if (memory.lock?.run === run) lockedOnly.push(target.name);
      } finally {
        await connection.close();
      }
    } catch (error) {
      unknown.push(outcomeOf(target.name, 'unknown', faultOfError('connect', error)));
    }
  });
  return { memories, lockedOnly, unknown };
}

/**
 * Why nothing is known of a run: nobody knows it, or not everybody could be asked, which is not an answer at all.
 */
export function unknownRun(run: string, unasked: readonly NodeOutcome[]): NodemendError {
  const [first] = unasked;
  if (first === undefined) return new NodemendError('RUN_UNKNOWN', { run });
  const detail = first.detail ?? first.ending;
  return new NodemendError('RUN_UNANSWERED', { run, count: unasked.length, node: first.node, detail });
}
