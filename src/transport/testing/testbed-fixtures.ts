import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sudoUsersScript from '../../../test/sudo-users.sh?raw';
import { onNode } from '../../../testbed/on-node.ts';
import { quickKeyExchange } from '../../../testbed/quick-key-exchange.ts';
import { loginUser } from '../../../testbed/testbed-plan.ts';
import type { TestTestbed } from '../../../testbed/testing/test-testbed.ts';
import { shellWord } from '../command/shell-word.ts';
import { openTransport } from '../open-transport.ts';
import { defaultTransportSettings } from '../settings.ts';
import type { NodeTarget, Transport } from '../transport.ts';
import type { LoginFixture, Standing } from './execution-fixture.ts';
import type { Place } from './place.ts';
import { processesWith } from './testbed-processes.ts';
import usersScript from './testbed-users.sh?raw';

/** Two nodes of a testbed with users of all kinds; the second one without sudo. */
export interface UserTestbed {
  readonly testbed: TestTestbed;
  readonly nodes: readonly [string, string];
}

/** Only once for a testbed. */
export async function addUsers({ testbed, nodes }: UserTestbed): Promise<void> {
  const status = await testbed.status();
  for (const node of nodes) {
    for (const [script, argument] of [
      [sudoUsersScript, '/home'],
      [usersScript, loginUser],
    ] as const) {
      const { exitCode, stderr } = await onNode(status, node, script, [argument]);
      if (exitCode !== 0) throw new Error(`${node}: ${stderr}`);
    }
  }
  await testbed.root(nodes[1], 'rm "$(command -v sudo)"');
}

type Reach = (node: string, user: string) => Promise<Place>;

async function fixtureOf(
  { testbed, nodes: [node, withoutSudo] }: UserTestbed,
  reach: Reach,
  close: () => Promise<void>,
): Promise<LoginFixture> {
  const user = (name: Standing): Promise<Place> => reach(node, name);
  return {
    root: await reach(node, 'root'),
    users: {
      'sudo-works': await user('sudo-works'),
      'sudo-password': await user('sudo-password'),
      'sudo-other': await user('sudo-other'),
      'sudo-tty': await user('sudo-tty'),
      'sudo-absent': await reach(withoutSudo, 'sudo-works'),
    },
    processesWith: (text) => processesWith(testbed, [node], text),
    close,
  };
}

const base = { ...defaultTransportSettings({}), defaultIdentityFiles: [], connectTimeoutMs: 20_000 };

/** By the nodes' own addresses through the bastion, as nodemend is configured on a testbed. */
export async function createSshFixture(fixture: UserTestbed): Promise<LoginFixture> {
  const { folder, plan } = await fixture.testbed.status();
  const identityFiles = [folder.identity];
  const bastion = { address: plan.bastion.address, port: plan.sshPort, user: loginUser, identityFiles };
  const transport = openTransport('ssh', { ...base, knownHostsFiles: [folder.knownHosts] });
  const addresses = new Map(plan.nodes.map(({ name, networkAddress }) => [name, networkAddress]));
  const reach: Reach = (name, user) =>
    placed(transport, { name, address: addresses.get(name) ?? '', user, identityFiles, bastion });
  return fixtureOf(fixture, reach, () => transport.close());
}

const sshOf = (configuration: string): string => `ssh -F ${shellWord(configuration)} ${quickKeyExchange.join(' ')}`;

/** By the names of an OpenSSH configuration, which a program that stands before ssh names. */
export async function createSystemSshFixture(fixture: UserTestbed): Promise<LoginFixture> {
  const { folder } = await fixture.testbed.status();
  const scratch = mkdtempSync(join(tmpdir(), 'nodemend-ssh-'));
  const sshProgram = script(scratch, 'ssh', `exec ${sshOf(folder.sshConfig)} "$@"`);
  const transport = openTransport('system-ssh', { ...base, sshProgram });
  const reach: Reach = (name, user) =>
    placed(transport, { name, address: name, user, identityFiles: [folder.identity] });
  return fixtureOf(fixture, reach, async () => {
    await transport.close();
    rmSync(scratch, { recursive: true });
  });
}

/** `local` runs where nodemend runs. Here what it starts is carried into a node, as one of its users, by OpenSSH. */
export async function createLocalFixture(fixture: UserTestbed): Promise<LoginFixture> {
  const { folder } = await fixture.testbed.status();
  const scratch = mkdtempSync(join(tmpdir(), 'nodemend-enter-'));
  // ssh joins its arguments by blanks, and the login shell reads that: each is quoted for it.
  const quoting =
    'for word; do set -- "$@" "\'$(printf "%s." "$word" | sed "s/\'/\'\\\\\\\\\'\'/g; \\$s/\\.\\$//")\'"; shift; done';
  const enter = script(
    scratch,
    'enter',
    `node=$1 user=$2\nshift 2\n${quoting}\nexec ${sshOf(folder.sshConfig)} -l "$user" "$node" -- "$@"`,
  );
  const reach: Reach = (name, user) =>
    placed(openTransport('local', { ...base, enter: [enter, name, user] }), {
      name,
      address: 'localhost',
      identityFiles: [],
    });
  return fixtureOf(fixture, reach, () => {
    rmSync(scratch, { recursive: true });
    return Promise.resolve();
  });
}

function placed(transport: Transport, target: NodeTarget): Promise<Place> {
  return Promise.resolve({ transport, target });
}

function script(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}
