import { createRegistryClient } from '../../registry/client/registry-client.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { httpByNode } from '../rate-limit/http-by-node.ts';
import type { FetchManifest } from './ask-manifest.ts';

/** Gets manifests from a node whose runtime brings no such client: by its curl or wget. Anonymously. */
export function manifestByHttp(connection: NodeConnection, hosts: 'runtime' | 'plain-http'): FetchManifest {
  return async (reference, signal) => {
    const plainHttp = new Set(hosts === 'plain-http' ? [reference.registry] : []);
    const client = createRegistryClient({ environment: {}, plainHttp }, httpByNode(connection));
    const answer = await client.getManifest(reference, signal);
    switch (answer.state) {
      case 'found':
        return { state: 'found', content: Buffer.from(answer.text) };
      case 'absent':
      case 'denied':
        return { state: answer.state };
      case 'limited':
      case 'failed': {
        const problem = answer.state === 'failed' ? `status ${answer.status}` : 'too many requests';
        throw new NodemendError('REGISTRY_UNREACHABLE', { host: reference.registry, seconds: 0, problem, context: '' });
      }
    }
  };
}
