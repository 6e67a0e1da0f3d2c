import type { NodeConnection } from '../../transport/transport.ts';
import pruneScript from './prune.sh?raw';
import { runNodeScript } from './run-node-script.ts';

/** A run with something that may be removed from a node. */
export interface Prunable {
  readonly run: string;
  /** Since anything of it was touched there. */
  readonly days: number;
  /** `over`: its folder, for nothing of it is in force. `copies`: only the copies of the logs that it freed. */
  readonly what: 'over' | 'copies';
  /** Of copies of logs. */
  readonly bytes: number;
}

export interface PruneLimits {
  /** Runs that were left alone for this long. */
  readonly days: number;
  /** Whether copies of logs go too, though an undo could give them back. */
  readonly copies: boolean;
}

/** What could go from a node; changes nothing. @throws NodemendError what `runNodeScript` throws */
export function lookForPrunable(connection: NodeConnection, limits: PruneLimits): Promise<readonly Prunable[]> {
  return prune(connection, 'look', limits, []);
}

/**
 * Takes away what could go of these runs, as far as that is still so. @returns what went @throws NodemendError what
 * `runNodeScript` throws
 */
export function pruneRuns(
  connection: NodeConnection,
  limits: PruneLimits,
  runs: readonly string[],
): Promise<readonly Prunable[]> {
  return prune(connection, 'remove', limits, runs);
}

async function prune(
  connection: NodeConnection,
  what: 'look' | 'remove',
  { days, copies }: PruneLimits,
  runs: readonly string[],
): Promise<readonly Prunable[]> {
  const reply = await runNodeScript(connection, {
    script: pruneScript,
    args: [what, String(days), copies ? 'yes' : 'no', ...runs],
  });
  return reply.entries.flatMap((entry) => {
    if (!('value' in entry) || (entry.name !== 'over' && entry.name !== 'copies')) return [];
    const [run = '', age, bytes] = entry.value.split(' ');
    return [{ run, what: entry.name, days: Number(age), bytes: Number(bytes) }];
  });
}
