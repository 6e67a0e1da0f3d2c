import { readFileSync } from 'node:fs';
import { cableName } from '../lab/daemon/network.ts';
import { mustRun } from '../lab/node-root/run-program.ts';
import type { ProcessId } from '../lab/processes.ts';
import { plannedNode } from './testbed-plan.ts';
import type { Testbed } from './testbed-up.ts';

/**
 * Lets no more than so many Mbit/s come to a node, at its cable's other end, so that there is a middle of what is sent.
 * It lasts until the function that it gives is called.
 */
export async function slowLink({ plan, folder }: Testbed, node: string, mbit: number): Promise<() => Promise<void>> {
  const { pid } = JSON.parse(readFileSync(folder.daemon, 'utf8')) as ProcessId;
  const limit = async (...words: readonly string[]): Promise<void> => {
    const device = cableName(plannedNode(plan, node).index);
    await mustRun('network', 'nsenter', [
      `--net=/proc/${pid}/ns/net`,
      'tc',
      'qdisc',
      words[0] ?? '',
      'dev',
      device,
      'root',
      ...words.slice(1),
    ]);
  };
  await limit('add', 'tbf', 'rate', `${mbit}mbit`, 'burst', '64kb', 'latency', '100ms');
  return () => limit('del');
}
