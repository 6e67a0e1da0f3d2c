import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection, NodeTarget, Transport } from '../../transport/transport.ts';
import type { Session } from '../session/session.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';

interface DonorWay {
  readonly api: KubernetesApi | undefined;
  readonly transport: Transport | undefined;
  readonly findNodes: Session['findNodes'];
  readonly signal: AbortSignal;
}

/** Connects to nodes that give images to others, whether they are among those that were asked for or not. */
export function donorConnector({
  api,
  transport,
  findNodes,
  signal,
}: DonorWay): (node: string) => Promise<NodeConnection> {
  const known = new Map<string, NodeTarget>();
  return async (node) => {
    if (transport === undefined) throw new NodemendError('ACCESS_NOT_ASKED', { command: 'images reseed' });
    const found = known.get(node) ?? (await findNodes(api, signal, { nodes: node })).targets[0];
    if (found?.name !== node) throw new NodemendError('NO_TARGETS', { selection: node });
    known.set(node, found);
    return transport.connect(found, signal);
  };
}
