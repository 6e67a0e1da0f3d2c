import { onNode } from '../on-node.ts';
import type { Testbed } from '../testbed-up.ts';
import trustScript from './trust.sh?raw';

/** Has nodes find an address under names, and trust an authority (PEM) as they trust the public ones. @throws Error with what the node says */
export async function trustOnNodes(testbed: Testbed, nodes: readonly string[], { address, names, authority }: Trusted): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const { exitCode, stderr } = await onNode(testbed, node, trustScript, [address, Buffer.from(authority).toString('base64'), ...names]);
      if (exitCode !== 0) throw new Error(`${node} does not trust ${names.join(', ')}: ${stderr.trim()}`);
    }),
  );
}

interface Trusted {
  readonly address: string;
  readonly names: readonly string[];
  readonly authority: string;
}
