import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createAuthority, type Authority } from '../../../src/kubernetes/testing/authority.ts';
import type { Testbed } from '../../testbed-up.ts';
import { startOutsideHost } from '../outside-host.ts';
import { trustOnNodes } from '../trust.ts';
import { FakeHub, type FakeHubOptions } from './fake-hub.ts';

/** The names that runtimes know of Docker Hub: the registry, where tokens are given, where layers lie. */
const registryName = 'registry-1.docker.io';
const tokenName = 'auth.docker.io';
const blobName = 'production.cloudflare.docker.com';
const hubNames = ['docker.io', 'index.docker.io', registryName, tokenName, blobName] as const;

export interface TestbedHub {
  readonly hub: FakeHub;
  /**
   * Its address in the testbed's network. Asked by it instead of by a name, the fake gives tokens and layers itself.
   */
  readonly address: string;
  /** The authority of its certificate, PEM. */
  readonly authority: string;
  readonly close: () => Promise<void>;
}

/**
 * The fake Docker Hub as a host of a running testbed, under Docker Hub's real names for the nodes that are named: those
 * find it by their own /etc/hosts and trust its certificate; their runtimes are started again for that. Pulls count by
 * the nodes' addresses.
 */
export async function serveHubInTestbed(
  testbed: Testbed,
  nodes: readonly string[],
  options: Pick<FakeHubOptions, 'images'> & Partial<FakeHubOptions>,
): Promise<TestbedHub> {
  const authority = await createAuthority('authority of the fake Docker Hub');
  const host = await startOutsideHost(testbed, { place: 0, ports: [443] });
  const hub = new FakeHub({ realm: hubRealm, blobHost: hubBlobs, anonymousLimit: 100, ...options });
  const server = createServer(await hubCertificate(authority, host.address), hub.handle);
  // A client that does not trust it ends the handshake.
  server.on('tlsClientError', () => undefined);
  host.ports.get(443)?.on('connection', (socket) => server.emit('connection', socket));
  await trustOnNodes(testbed, nodes, {
    hosts: [{ address: host.address, names: hubNames }],
    authority: authority.certificate,
  });
  return {
    hub,
    address: host.address,
    authority: authority.certificate,
    close: async () => {
      server.closeAllConnections();
      await host.close();
    },
  };
}

async function hubCertificate(
  authority: Authority,
  address: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const { certificate, key } = await authority.issue({ commonName: registryName, dns: [...hubNames], ip: [address] });
  return { cert: certificate, key };
}

const byName = ({ headers }: IncomingMessage): boolean => hubNames.some((name) => name === headers.host);

function hubRealm(request: IncomingMessage): string {
  return `https://${byName(request) ? tokenName : (request.headers.host ?? '')}/token`;
}

function hubBlobs(request: IncomingMessage): string | undefined {
  return byName(request) ? blobName : undefined;
}
