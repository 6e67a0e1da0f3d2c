import { createRegistryClient, type RegistryClientOptions } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { fanOut, fanOutLimits } from '../../transport/fan-out.ts';
import type { ProgressReport } from '../../transport/progress.ts';
import type { NodeTarget, Transport } from '../../transport/transport.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { httpByNode } from './http-by-node.ts';
import { unknownOf } from '../unknown.ts';
import { askQuota } from './ask-quota.ts';
import type { ObservedQuota } from './rate-limit.ts';

export interface NodesQuestion {
  readonly transport: Transport;
  readonly targets: readonly NodeTarget[];
  readonly image: ImageReference;
  readonly plainHttp: RegistryClientOptions['plainHttp'];
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProgressReport) => void;
}

/**
 * Asks from every node, anonymously: no credentials ever go onto a node for it. One answer a node, also after Ctrl-C.
 */
export async function askFromNodes({
  transport,
  targets,
  image,
  plainHttp,
  signal,
  onProgress,
}: NodesQuestion): Promise<readonly ObservedQuota[]> {
  const results = await fanOut(
    transport,
    targets,
    (connection) =>
      askQuota(
        createRegistryClient({ environment: {}, ...(plainHttp ? { plainHttp } : {}) }, httpByNode(connection)),
        image,
        signal,
      ),
    { limits: fanOutLimits(transport.kind), signal, ...(onProgress ? { onProgress } : {}) },
  );
  return results.map(({ target: { name }, outcome }): ObservedQuota => {
    if (outcome.state === 'done') return { node: name, answer: outcome.value };
    const error = outcome.state === 'failed' ? outcome.error : new NodemendError('COMMAND_INTERRUPTED', { node: name });
    return { node: name, answer: unknownOf(error) };
  });
}
