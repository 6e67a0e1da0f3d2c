import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLoginNode, type LoginNode, type LoginUser } from '../../../test/login-node.ts';
import { makeSshKey, type SshKey } from '../../../test/ssh-keys.ts';
import { startSshd, type Sshd } from '../../../test/sshd.ts';
import { startTcpRelay } from '../../../test/tcp-relay.ts';
import { openTransport } from '../open-transport.ts';
import { defaultTransportSettings, type TransportSettings } from '../settings.ts';
import type { NodeTarget, Transport } from '../transport.ts';
import type { ConnectionHost } from './connection-fixture.ts';
import type { LoginFixture } from './execution-fixture.ts';
import type { FanOutFixture } from './fan-out-contract.ts';
import type { Place } from './place.ts';

type SshKind = ConnectionHost['kind'];

/** What a kind of transport needs to know of the machine it runs on, which is a private root for an OpenSSH client. */
export type SettingsOn = (client: LoginNode) => Partial<TransportSettings>;

const base: TransportSettings = { ...defaultTransportSettings({}), defaultIdentityFiles: [], connectTimeoutMs: 5000 };

export async function createSshExecutionFixture(kind: SshKind, settingsOn: SettingsOn): Promise<LoginFixture> {
  const node = await createLoginNode();
  const withoutSudo = await createLoginNode({ sudo: false });
  const key = makeSshKey(node.root.shared, 'id');
  const servers = [await startSshd(node.root), await startSshd(withoutSudo.root)] as const;
  const knownHosts = join(node.root.shared, 'known_hosts');
  writeFileSync(knownHosts, servers.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''));
  const transport = openTransport(kind, { ...base, ...settingsOn(node), knownHostsFiles: [knownHosts] });
  const [sshd, sshdWithoutSudo] = servers;
  return {
    root: place(transport, sshd, { user: 'root', key }),
    users: {
      'sudo-works': place(transport, sshd, { user: 'sudo-works', key }),
      'sudo-password': place(transport, sshd, { user: 'sudo-password', key }),
      'sudo-other': place(transport, sshd, { user: 'sudo-other', key }),
      'sudo-tty': place(transport, sshd, { user: 'sudo-tty', key }),
      'sudo-absent': place(transport, sshdWithoutSudo, { user: 'sudo-works', key }),
    },
    processesWith: node.processesWith,
    close: async () => {
      await transport.close();
      for (const server of servers) await server.close();
      await Promise.all([node.close(), withoutSudo.close()]);
    },
  };
}

function place(
  transport: Transport,
  sshd: Sshd,
  { user, key }: { readonly user: LoginUser; readonly key: SshKey },
): Place {
  sshd.authorize(user, key);
  return {
    transport,
    target: { name: 'node-1', address: sshd.address, port: sshd.port, user, identityFiles: [key.path] },
  };
}

export async function createSshConnectionHost(kind: SshKind, settingsOn: SettingsOn): Promise<ConnectionHost> {
  const node = await createLoginNode();
  return { kind, node, settings: { ...base, ...settingsOn(node) }, close: node.close };
}

/** One sshd plays all nodes: each has an address of its own. */
export async function createSshFanOutFixture(kind: SshKind, settingsOn: SettingsOn): Promise<FanOutFixture> {
  const node = await createLoginNode();
  const key = makeSshKey(node.root.shared, 'id');
  const sshd = await startSshd(node.root);
  sshd.authorize('sudo-works', key);
  const relay = await startTcpRelay({ serverPort: sshd.port, addresses: 300 });
  const knownHosts = join(node.root.shared, 'known_hosts');
  writeFileSync(knownHosts, `[127.9.*]:${relay.port} ${sshd.hostKeys[0]?.publicLine}\n`);
  const transport = openTransport(kind, {
    ...base,
    connectTimeoutMs: 30_000,
    ...settingsOn(node),
    knownHostsFiles: [knownHosts],
  });
  const target = (address: string): NodeTarget => {
    return { name: `node-${address}`, address, port: relay.port, user: 'sudo-works', identityFiles: [key.path] };
  };
  return {
    transport,
    targets: (count) => relay.addresses.slice(0, count).map(target),
    processesWith: node.processesWith,
    close: async () => {
      await transport.close();
      await relay.close();
      await sshd.close();
      await node.close();
    },
  };
}
