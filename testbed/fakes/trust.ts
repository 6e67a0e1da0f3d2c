import { onNode } from '../on-node.ts';
import type { Testbed } from '../testbed-up.ts';
import trustScript from './trust.sh?raw';

export interface Trusted {
  /** Where names are found. */
  readonly hosts: readonly { readonly address: string; readonly names: readonly string[] }[];
  /** PEM. */
  readonly authority: string;
}

/**
 * Has nodes find addresses under names, and trust an authority as they trust the public ones. @throws Error with what
 * the node says
 */
export async function trustOnNodes(
  testbed: Testbed,
  nodes: readonly string[],
  { hosts, authority }: Trusted,
): Promise<void> {
  const pairs = hosts.flatMap(({ address, names }) => names.map((name) => `${address}=${name}`));
  await Promise.all(
    nodes.map(async (node) => {
      const { exitCode, stderr } = await onNode(testbed, node, trustScript, [
        Buffer.from(authority).toString('base64'),
        ...pairs,
      ]);
      if (exitCode !== 0) throw new Error(`${node} does not trust the authority of a test: ${stderr.trim()}`);
    }),
  );
}
