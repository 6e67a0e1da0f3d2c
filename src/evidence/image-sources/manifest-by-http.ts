import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { RegistryLogin } from '../../registry/client/credentials.ts';
import type { UsableLogin } from '../../registry/docker-config/login-for.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { httpByNode } from '../rate-limit/http-by-node.ts';
import type { FetchManifest } from './ask-manifest.ts';

interface Way {
  readonly hosts: 'runtime' | 'plain-http';
  readonly login?: UsableLogin | undefined;
}

/**
 * Gets manifests from a node whose runtime brings no such client: by its curl or wget; with a login by curl alone, which
 * takes it from standard input.
 */
export function manifestByHttp(connection: NodeConnection, { hosts, login }: Way): FetchManifest {
  return async (reference, signal) => {
    const plainHttp = new Set(hosts === 'plain-http' ? [reference.registry] : []);
    const loginOf = (registry: string): RegistryLogin | undefined =>
      login === undefined || registry !== reference.registry
        ? undefined
        : { user: login.user, password: login.password.reveal() };
    const sender = httpByNode(connection, { isSecret: login !== undefined, asDocker: true });
    const client = createRegistryClient({ environment: {}, plainHttp, loginOf }, sender);
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
