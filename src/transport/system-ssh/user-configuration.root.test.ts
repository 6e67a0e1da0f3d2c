import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { insideProgram } from '../../../test/inside-program.ts';
import { startSilentServer } from '../../../test/silent-server.ts';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import { openTransport } from '../open-transport.ts';
import type { TransportSettings } from '../settings.ts';
import { ConnectionFixture } from '../testing/connection-fixture.ts';
import { ask, withConnection, type Place } from '../testing/place.ts';
import { createSshConnectionHost } from '../testing/ssh-fixtures.ts';
import type { NodeTarget } from '../transport.ts';

/** What only the user's own OpenSSH client does: it reads the user's own configuration. */
describe('the user’s ssh', () => {
  const fixture = new ConnectionFixture();
  let home: string;
  beforeAll(async () => {
    const host = await createSshConnectionHost('system-ssh', ({ root }) => {
      process.env['XDG_RUNTIME_DIR'] = root.shared;
      return { sshProgram: insideProgram(root, 'ssh') };
    });
    await fixture.open(host);
    home = join(host.node.root.shared, 'home', 'root', '.ssh');
    mkdirSync(home, { mode: 0o700 });
  });
  beforeEach(() => {
    writeFileSync(join(home, 'known_hosts'), `${fixture.sshd.knownHostsLine}\n`);
    writeFileSync(join(home, 'config'), '');
  });
  afterEach(() => fixture.tidy());
  afterAll(() => fixture.close());

  const configure = (...lines: readonly string[]): void =>
    writeFileSync(join(home, 'config'), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  const node = (): readonly string[] => [
    'Host node-a',
    'HostName 127.0.0.1',
    `Port ${fixture.sshd.port}`,
    'User sudo-works',
    `IdentityFile ${fixture.key.path}`,
  ];
  /** Names nothing but the alias: all else is in the configuration. */
  const alias = (more: Partial<NodeTarget> = {}): NodeTarget => ({
    name: 'node-1',
    address: 'node-a',
    identityFiles: [],
    ...more,
  });
  const place = (target = alias(), settings: Partial<TransportSettings> = {}): Place => {
    const { knownHostsFiles: _none, ...own } = { ...fixture.host.settings, ...settings };
    return { transport: fixture.keep(openTransport('system-ssh', own)), target };
  };
  const whoAmI = { script: 'id -un' };

  it('takes address, port, user and key from the configuration', async () => {
    configure(...node());
    await withConnection(place(), (connection) => {
      expect([connection.user, connection.hostKey]).toEqual(['sudo-works', fixture.sshd.hostKeys[0]?.fingerprint]);
      return Promise.resolve();
    });
    expect(await ask(place(), whoAmI)).toMatchObject({ stdout: 'sudo-works\n' });
  });

  it('lets flags come before it', async () => {
    configure(...node());
    expect(await ask(place(alias({ user: 'root' })), whoAmI)).toMatchObject({ stdout: 'root\n' });
    const port = await freePort();
    await expect(ask(place(alias({ port }), { connectTimeoutMs: 5000 }), whoAmI)).rejects.toMatchObject({
      code: 'SSH_REFUSED',
      params: { port },
    });
    const named = makeSshKey(fixture.folder, 'named');
    fixture.sshd.authorize('sudo-works', named);
    await ask(place(alias({ identityFiles: [named.path] })), whoAmI);
    expect(fixture.sshd.log()).toContain(`ED25519 ${named.fingerprint}`);
  });

  it('goes through the jump host of the configuration, with at most 8 handshakes at once', async () => {
    const bastion = await fixture.serveHere();
    const silent = fixture.keep(await startSilentServer());
    const jump = [
      'Host bastion',
      'HostName 127.0.0.1',
      `Port ${bastion.port}`,
      'User root',
      `IdentityFile ${fixture.key.path}`,
    ];
    configure(
      ...jump,
      ...node(),
      'ProxyJump bastion',
      'Host silent',
      'HostName 127.0.0.1',
      `Port ${silent.port}`,
      'ProxyJump bastion',
    );
    writeFileSync(join(home, 'known_hosts'), `${fixture.sshd.knownHostsLine}\n${bastion.knownHostsLine}\n`);
    expect(await ask(place(), whoAmI)).toMatchObject({ stdout: 'sudo-works\n' });
    expect(fixture.logins(bastion)).toBe(1);

    const { transport } = place(alias(), { connectTimeoutMs: 20_000 });
    const controller = new AbortController();
    const failing = Array.from({ length: 12 }, () =>
      expect(transport.connect(alias({ address: 'silent' }), controller.signal)).rejects.toMatchObject({
        code: 'COMMAND_INTERRUPTED',
      }),
    );
    await vi.waitFor(() => expect(silent.connections()).toBe(8), { timeout: 15_000, interval: 20 });
    controller.abort();
    await Promise.all(failing);
    expect(silent.mostConnections()).toBe(8);
  });

  it('is not led astray by what the configuration starts for people', async () => {
    const port = await freePort();
    configure(
      ...node(),
      'RemoteCommand echo hello',
      `LocalForward ${port} 127.0.0.1:1`,
      'RequestTTY force',
      `ControlPath ${fixture.folder}/of-the-user`,
      'ControlMaster auto',
      'PermitLocalCommand yes',
      `LocalCommand touch ${fixture.folder}/local-command`,
      'StrictHostKeyChecking no',
      'LogLevel QUIET',
    );
    await withConnection(place(), async (connection) => {
      const request = { ...whoAmI, args: [], privilege: 'none', timeoutMs: 20_000, maxOutputBytes: 100 } as const;
      expect(Buffer.from((await connection.exec(request)).stdout).toString()).toBe('sudo-works\n');
      expect(() =>
        execFileSync('/bin/bash', ['-c', 'exec 3<>"/dev/tcp/127.0.0.1/$0"', String(port)], { stdio: 'ignore' }),
      ).toThrow();
    });
    expect([existsSync(`${fixture.folder}/of-the-user`), existsSync(`${fixture.folder}/local-command`)]).toEqual([
      false,
      false,
    ]);
    writeFileSync(join(home, 'known_hosts'), '');
    await expect(ask(place(), whoAmI)).rejects.toMatchObject({ code: 'SSH_HOST_KEY_UNKNOWN' });
  });

  it('trusts a host by its certificate, and logs in with one', async () => {
    const authority = makeSshKey(fixture.folder, 'authority');
    const certificate = join(fixture.folder, 'host-cert.pub');
    const prepare = (folder: string): void => {
      execFileSync('ssh-keygen', [
        '-q',
        '-s',
        authority.path,
        '-I',
        'host',
        '-h',
        '-n',
        '127.0.0.1',
        join(folder, 'host_ed25519.pub'),
      ]);
      copyFileSync(join(folder, 'host_ed25519-cert.pub'), certificate);
    };
    const server = await fixture.serveHere({
      prepare,
      config: [`TrustedUserCAKeys ${authority.path}.pub`, `HostCertificate ${certificate}`],
    });
    const key = makeSshKey(fixture.folder, 'certified');
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'user', '-n', 'sudo-works', `${key.path}.pub`]);
    configure(
      'Host node-a',
      'HostName 127.0.0.1',
      `Port ${server.port}`,
      'User sudo-works',
      `IdentityFile ${key.path}`,
    );
    writeFileSync(join(home, 'known_hosts'), `@cert-authority * ${authority.publicLine}\n`);
    expect(await ask(place(), whoAmI)).toMatchObject({ stdout: 'sudo-works\n' });
  });

  it('speaks what this process does not', async () => {
    const server = await fixture.serveHere({ config: ['KexAlgorithms diffie-hellman-group14-sha256'] });
    configure(...node(), 'KexAlgorithms +diffie-hellman-group14-sha256');
    writeFileSync(join(home, 'known_hosts'), `${server.knownHostsLine}\n`);
    expect(await ask(place(alias({ port: server.port })), whoAmI)).toMatchObject({ stdout: 'sudo-works\n' });
    configure(...node(), 'KexAlgorithms curve25519-sha256');
    await expect(ask(place(alias({ port: server.port })), whoAmI)).rejects.toMatchObject({
      code: 'SSH_NEGOTIATION_FAILED',
      params: { what: 'key exchange method' },
    });
  });

  it('says what ssh says of a configuration that it refuses', async () => {
    configure('Host node-a', 'NoSuchKeyword yes');
    await expect(ask(place(), whoAmI)).rejects.toMatchObject({
      code: 'SSH_CLIENT_FAILED',
      params: { node: 'node-1', detail: expect.stringMatching(/bad configuration option/i) as string },
    });
  });

  it('connects again when the shared connection has ended, and sees that the host changed meanwhile', async () => {
    configure(...node());
    await withConnection(place(), async (connection) => {
      const request = { ...whoAmI, args: [], privilege: 'none', timeoutMs: 20_000, maxOutputBytes: 100 } as const;
      const endMaster = async (): Promise<void> => {
        fixture.host.node.root.run('pkill -f "^ssh -v -E"');
        await vi.waitFor(() => expect(fixture.host.node.processesWith('ssh -v -E')).toBe(0), { timeout: 15_000 });
      };
      await endMaster();
      const both = await Promise.all([connection.exec(request), connection.exec(request)]);
      expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(fixture.host.node.processesWith('ssh -v -E')).toBe(1);

      await endMaster();
      const other = await fixture.serveHere();
      configure(
        'Host node-a',
        'HostName 127.0.0.1',
        `Port ${other.port}`,
        'User sudo-works',
        `IdentityFile ${fixture.key.path}`,
      );
      writeFileSync(join(home, 'known_hosts'), `${other.knownHostsLine}\n`);
      await expect(connection.exec(request)).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_CHANGED',
        params: { fingerprint: other.hostKeys[0]?.fingerprint },
      });
    });
  });

  it('leaves no process and no folder behind', async () => {
    configure(...node());
    const { transport, target } = place();
    await transport.connect(target, new AbortController().signal);
    expect(fixture.host.node.processesWith('ssh -v -E')).toBe(1);
    await transport.close();
    await vi.waitFor(() => expect(fixture.host.node.processesWith('ssh -v -E')).toBe(0), { timeout: 15_000 });
    expect(readdirSync(fixture.host.node.root.shared).filter((name) => name.startsWith('nodemend-'))).toEqual([]);
  });
});
