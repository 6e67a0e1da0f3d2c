import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { createAuthority, type Authority, type Subject } from '../../../src/kubernetes/testing/authority.ts';
import type { StoredImage } from '../docker-hub/images.ts';
import type { Testbed } from '../../testbed-up.ts';
import { startOutsideHost } from '../outside-host.ts';
import { trustOnNodes } from '../trust.ts';
import { answerTroubled, soundRegistry, troubledNames } from './answers.ts';

export interface TroubledRegistries {
  /** Of all of them, and of their name server. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

const ports = { tls: 443, reset: 5002, silent: 5003, plain: 5080 } as const;
/** Found, and then not spoken to by TLS as the others are. */
const otherNames = ['closed.test', 'reset.test', 'silent.test', 'plain.test'] as const;
/** To a network that is nowhere: what is sent there is lost (TEST-NET-3 of RFC 5737). */
const lost = { names: ['lost.test'], address: '203.0.113.7' } as const;
const day = 86_400_000;

/**
 * The registries of README.md as one host of a running testbed, for the nodes named.
 * @param large what `sound.test` has: the trouble of its image is the node's
 */
export async function serveTroubledRegistries(
  testbed: Testbed,
  nodes: readonly string[],
  large: StoredImage,
): Promise<TroubledRegistries> {
  const host = await startOutsideHost(testbed, { place: 1, ports: Object.values(ports) });
  const [trusted, stranger] = await Promise.all(
    ['authority of troubled registries', 'authority that nobody knows'].map(createAuthority),
  );
  if (trusted === undefined || stranger === undefined) throw new Error('no authority');
  const certificates = await makeCertificates(trusted, stranger);
  const handle = answerTroubled(soundRegistry(large));
  const plain = createHttpServer(handle);
  const trustedContext = await contextOf(trusted, { commonName: 'registries', dns: [...troubledNames] });
  const secure = createHttpsServer(
    { SNICallback: (name, use) => use(null, certificates.get(name) ?? trustedContext) },
    handle,
  );
  secure.on('tlsClientError', () => undefined);
  host.ports.get(ports.tls)?.on('connection', (socket: Socket) => secure.emit('connection', socket));
  host.ports.get(ports.plain)?.on('connection', (socket: Socket) => plain.emit('connection', socket));
  host.ports.get(ports.reset)?.on('connection', (socket: Socket) => socket.resetAndDestroy());
  host.ports.get(ports.silent)?.on('connection', (socket: Socket) => socket.on('error', () => undefined));
  const nameServer = startNameServer(host.pid);
  const names = [...troubledNames, ...certificates.keys(), ...otherNames];
  await trustOnNodes(testbed, nodes, {
    hosts: [{ address: host.address, names }, lost],
    authority: trusted.certificate,
  });
  return {
    address: host.address,
    close: async () => {
      plain.closeAllConnections();
      secure.closeAllConnections();
      await nameServer.stop();
      await host.close();
    },
  };
}

async function makeCertificates(trusted: Authority, stranger: Authority): Promise<ReadonlyMap<string, SecureContext>> {
  const now = Date.now();
  const all: readonly (readonly [string, Promise<SecureContext>])[] = [
    ['unknown-ca.test', contextOf(stranger, { commonName: 'unknown-ca.test', dns: ['unknown-ca.test'] })],
    ['wrong-name.test', contextOf(trusted, { commonName: 'other.test', dns: ['other.test'] })],
    [
      'expired.test',
      contextOf(trusted, {
        commonName: 'expired.test',
        dns: ['expired.test'],
        notBefore: new Date(now - 90 * day),
        notAfter: new Date(now - day),
      }),
    ],
    [
      'early.test',
      contextOf(trusted, { commonName: 'early.test', dns: ['early.test'], notBefore: new Date(now + day) }),
    ],
  ];
  return new Map(await Promise.all(all.map(async ([name, context]) => [name, await context] as const)));
}

async function contextOf(authority: Authority, subject: Subject): Promise<SecureContext> {
  const { certificate, key } = await authority.issue(subject);
  return createSecureContext({ cert: certificate, key });
}

function startNameServer(pid: number): { readonly stop: () => Promise<void> } {
  const program = [
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--',
    process.execPath,
    join(import.meta.dirname, 'name-server-process.ts'),
  ];
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...program], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
