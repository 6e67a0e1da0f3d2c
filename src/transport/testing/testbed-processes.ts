import type { TestTestbed } from '../../../testbed/testing/test-testbed.ts';

/** How many processes of some nodes have a text among their arguments, as a login by SSH sees them. */
export async function processesWith(testbed: TestTestbed, nodes: readonly string[], text: string): Promise<number> {
  // The brackets keep grep from finding itself.
  const counts = await Promise.all(
    nodes.map((node) => testbed.root(node, `ps -eo args | grep -c -- '${text.replace(/^./, '[$&]')}' || :`)),
  );
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
