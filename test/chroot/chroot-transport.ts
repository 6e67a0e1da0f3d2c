import type { NodeConnection, NodeTarget, Transport } from '../../src/transport/transport.ts';
import type { ChrootNode } from './chroot-node.ts';

/** Reaches chroot nodes by name. `around` may break a connection or watch it: for tests of what a network does. */
export function chrootTransport(
  nodes: readonly ChrootNode[],
  around: (connection: NodeConnection) => NodeConnection | Promise<NodeConnection> = (connection) => connection,
): Transport {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return {
    kind: 'local',
    connect: async (target) => {
      const node = byName.get(target.name);
      if (!node) throw new Error(`this test has no node ${target.name}`);
      return around(node.connect());
    },
    close: async () => {},
  };
}

export function targetOf(node: ChrootNode): NodeTarget {
  return { name: node.name, address: '127.0.0.1', port: 22, user: 'root', identityFiles: [] };
}
