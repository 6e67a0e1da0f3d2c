import { lookForPrunable, pruneRuns, type Prunable, type PruneLimits } from '../actions/node-state/node-prune.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { NodeConnection, NodeTarget, Transport } from '../transport/transport.ts';
import { concurrently } from './rollout/concurrently.ts';

export interface PruneRequest extends PruneLimits {
  /** Absent when nobody asked to go onto nodes. */
  readonly transport?: Transport;
  readonly targets: readonly NodeTarget[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** What of old runs can go, or went. */
export interface PruneFound {
  readonly nodes: readonly { readonly node: string; readonly prunable: readonly Prunable[] }[];
  /** Nodes that could not be asked, or did not do it: nothing is known to have gone there. */
  readonly unknown: readonly { readonly node: string; readonly error: unknown }[];
}

/** Asks the nodes what no undo needs any more. Only reads. @throws NodemendError ACCESS_NOT_ASKED */
export function findPrunable(request: PruneRequest): Promise<PruneFound> {
  return onNodes(request, request.targets, (connection) => lookForPrunable(connection, request));
}

/** Takes away what was found, as far as it is still so. @throws NodemendError ACCESS_NOT_ASKED */
export function pruneFound(request: PruneRequest, { nodes }: PruneFound): Promise<PruneFound> {
  const wanted = new Map(nodes.map(({ node, prunable }) => [node, prunable.map(({ run }) => run)]));
  const targets = request.targets.filter(({ name }) => (wanted.get(name)?.length ?? 0) > 0);
  return onNodes(request, targets, (connection) => pruneRuns(connection, request, wanted.get(connection.node) ?? []));
}

async function onNodes(
  { transport, concurrency, signal }: PruneRequest,
  targets: readonly NodeTarget[],
  work: (connection: NodeConnection) => Promise<readonly Prunable[]>,
): Promise<PruneFound> {
  if (!transport) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'prune' });
  const nodes: { readonly node: string; readonly prunable: readonly Prunable[] }[] = [];
  const unknown: { readonly node: string; readonly error: unknown }[] = [];
  await concurrently(targets, concurrency, async (target) => {
    try {
      const connection = await transport.connect(target, signal);
      try {
        nodes.push({ node: target.name, prunable: await work(connection) });
      } finally {
        await connection.close();
      }
    } catch (error) {
      unknown.push({ node: target.name, error });
    }
  });
  return { nodes, unknown };
}
