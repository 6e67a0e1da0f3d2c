import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import type { LoginNode, LoginUser } from '../../../test/login-node.ts';
import { startBlackHole, startSilentServer } from '../../../test/silent-server.ts';
import { startSshAgent } from '../../../test/ssh-agent.ts';
import { encryptSshKey, makeSshKey, type SshKey } from '../../../test/ssh-keys.ts';
import { startSshd, type Sshd, type SshdOptions } from '../../../test/sshd.ts';
import { openTransport } from '../open-transport.ts';
import type { TransportSettings } from '../settings.ts';
import type { BastionTarget, NodeTarget, Transport } from '../transport.ts';
import { ask, withConnection, type Place } from './place.ts';

export interface ConnectionWorld {
  readonly kind: 'ssh' | 'system-ssh';
  /** Where sshd runs. */
  readonly node: LoginNode;
  readonly settings: TransportSettings;
  readonly close: () => Promise<void>;
}

const users: readonly LoginUser[] = ['root', 'sudo-works', 'noisy', 'tcsh-user', 'fish-user', 'no-login'];

/** How a transport that speaks SSH gets onto a node, and what it says when it does not. */
export function describeConnection(name: string, create: () => Promise<ConnectionWorld>): void {
  describe(`a connection over ${name}`, () => {
    let world: ConnectionWorld;
    let key: SshKey;
    let sshd: Sshd;
    let folder: string;
    /** What a case opened; closed after it. */
    const open: (() => Promise<unknown>)[] = [];
    beforeAll(async () => {
      world = await create();
      folder = mkdtempSync(join(world.node.root.shared, 'connection-'));
      key = makeSshKey(folder, 'id');
      sshd = await serve();
    });
    afterAll(async () => {
      await sshd.close();
      await world.close();
    });
    afterEach(async () => {
      for (const close of open.splice(0).toReversed()) await close();
    });

    const serve = async (options?: SshdOptions): Promise<Sshd> => {
      const started = await startSshd(world.node.root, options);
      for (const user of users) started.authorize(user, key);
      return started;
    };
    const serveHere = async (options?: SshdOptions): Promise<Sshd> => {
      const started = await serve(options);
      open.push(started.close);
      return started;
    };
    const keep = <T extends { readonly close: () => Promise<unknown> }>(thing: T): T => {
      open.push(thing.close);
      return thing;
    };
    let files = 0;
    const file = (text: string): string => {
      const path = join(folder, `file-${(files += 1)}`);
      writeFileSync(path, text);
      return path;
    };
    const transport = (settings: Partial<TransportSettings> = {}): Transport => {
      const knownHostsFiles = [file(`${sshd.knownHostsLine}\n`)];
      return keep(openTransport(world.kind, { ...world.settings, knownHostsFiles, ...settings }));
    };
    const target = (server: { readonly port: number } = sshd, more: Partial<NodeTarget> = {}): NodeTarget => {
      return { name: 'node-1', address: '127.0.0.1', port: server.port, user: 'root', identityFiles: [key.path], ...more };
    };
    const place = (settings?: Partial<TransportSettings>, to?: NodeTarget): Place => ({ transport: transport(settings), target: to ?? target() });
    const connecting = (settings?: Partial<TransportSettings>, to?: NodeTarget): Promise<string | undefined> =>
      withConnection(place(settings, to), (connection) => Promise.resolve(connection.hostKey));
    const logins = ({ log }: Sshd): number => log().split('\n').filter((line) => line.startsWith('Accepted publickey')).length;

    it('says who it is and which host key it saw', async () => {
      await withConnection(place(), (connection) => {
        const { exec: _exec, close: _close, ...facts } = connection;
        expect(facts).toEqual({ node: 'node-1', kind: world.kind, user: 'root', hostKey: sshd.hostKeys[0]?.fingerprint });
        return Promise.resolve();
      });
    });

    describe('knows a host', () => {
      const fingerprint = (): string | undefined => sshd.hostKeys[0]?.fingerprint;
      const publicLine = (): string => sshd.hostKeys[0]?.publicLine ?? '';

      it('by a hashed line, as Debian’s ssh writes them', async () => {
        const path = file(`${sshd.knownHostsLine}\n`);
        execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
        expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|/);
        expect(await connecting({ knownHostsFiles: [path] })).toBe(fingerprint());
      });

      it('by a pattern', async () => {
        expect(await connecting({ knownHostsFiles: [file(`[127.0.*]:* ${publicLine()}\n`)] })).toBe(fingerprint());
      });

      it('by a line without the port', async () => {
        expect(await connecting({ knownHostsFiles: [file(`127.0.0.1 ${publicLine()}\n`)] })).toBe(fingerprint());
      });

      it('by the second of two files', async () => {
        expect(await connecting({ knownHostsFiles: [join(folder, 'absent'), file(`${sshd.knownHostsLine}\n`)] })).toBe(fingerprint());
      });

      it.each(['rsa', 'ecdsa', 'ed25519'] as const)('by one key of several: %s', async (type) => {
        const many = await serveHere({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
        const known = many.hostKeys[['ed25519', 'ecdsa', 'rsa'].indexOf(type)];
        const path = file(`[127.0.0.1]:${many.port} ${known?.publicLine}\n`);
        expect(await connecting({ knownHostsFiles: [path] }, target(many))).toBe(known?.fingerprint);
        execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
        expect(await connecting({ knownHostsFiles: [path] }, target(many))).toBe(known?.fingerprint);
      });
    });

    describe('refuses a host', () => {
      it('that it does not know', async () => {
        await expect(connecting({ knownHostsFiles: [file('')] })).rejects.toMatchObject({
          code: 'SSH_HOST_KEY_UNKNOWN',
          params: { node: 'node-1', address: '127.0.0.1', fingerprint: sshd.hostKeys[0]?.fingerprint },
        });
      });

      it('whose key changed, and says where the old one is', async () => {
        const other = makeSshKey(folder, 'other-host');
        const path = file(`# first line\n[127.0.0.1]:${sshd.port} ${other.publicLine}\n`);
        const entry = `[127.0.0.1]:${sshd.port}`;
        await expect(connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
          code: 'SSH_HOST_KEY_CHANGED',
          params: { node: 'node-1', address: '127.0.0.1', fingerprint: sshd.hostKeys[0]?.fingerprint, place: `${path}:2`, entry },
        });
        // The way out that the error names works.
        execFileSync('ssh-keygen', ['-q', '-R', entry, '-f', path], { stdio: 'ignore' });
        await expect(connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({ code: 'SSH_HOST_KEY_UNKNOWN' });
      });

      it('whose key is revoked', async () => {
        const path = file(`${sshd.knownHostsLine}\n@revoked * ${sshd.hostKeys[0]?.publicLine}\n`);
        await expect(connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({ code: 'SSH_HOST_KEY_REVOKED' });
      });
    });

    describe('told to accept new hosts', () => {
      it('writes an unknown host down, once, and knows it from then on', async () => {
        const path = file(`elsewhere ${makeSshKey(folder, 'elsewhere').publicLine}\n`);
        const before = readFileSync(path, 'utf8');
        expect(await connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).toBe(sshd.hostKeys[0]?.fingerprint);
        expect(await connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).toBe(sshd.hostKeys[0]?.fingerprint);
        expect(await connecting({ knownHostsFiles: [path] })).toBe(sshd.hostKeys[0]?.fingerprint);
        expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
        expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBe(2);
      });

      it('still refuses a host whose key changed, and leaves the file alone', async () => {
        const path = file(`[127.0.0.1]:${sshd.port} ${makeSshKey(folder, 'changed-host').publicLine}\n`);
        copyFileSync(path, `${path}.before`);
        await expect(connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({ code: 'SSH_HOST_KEY_CHANGED' });
        expect(readFileSync(path, 'utf8')).toBe(readFileSync(`${path}.before`, 'utf8'));
      });
    });

    describe('is not let in', () => {
      it('with a wrong key, and does not try again', async () => {
        const server = await serveHere();
        const path = file(`${server.knownHostsLine}\n`);
        const stranger = makeSshKey(folder, 'stranger');
        const failing = connecting({ knownHostsFiles: [path] }, target(server, { identityFiles: [stranger.path] }));
        await expect(failing).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED', params: { node: 'node-1', user: 'root' } });
        expect(server.log().split('\n').filter((line) => line.startsWith('Connection from')).length).toBe(1);
      });

      it('as a user that does not exist', async () => {
        await expect(connecting({}, target(sshd, { user: 'nobody-of-that-name' }))).rejects.toMatchObject({
          code: 'SSH_AUTH_FAILED',
          params: { user: 'nobody-of-that-name' },
        });
      });

      it('to run a command, where the server allows no session', async () => {
        const server = await serveHere({ config: ['MaxSessions 0'] });
        const nowhere = place({ knownHostsFiles: [file(`${server.knownHostsLine}\n`)] }, target(server));
        await expect(ask(nowhere, { script: 'echo' })).rejects.toMatchObject({ code: 'SSH_SESSION_REFUSED', params: { user: 'root' } });
      });
    });

    describe('gets in', () => {
      it('with a key that only the ssh-agent has', async () => {
        const agent = keep(await startSshAgent(join(folder, 'agent-1')));
        agent.add(key);
        expect(await connecting({ agentSocket: agent.socket }, target(sshd, { identityFiles: [] }))).toBe(sshd.hostKeys[0]?.fingerprint);
      });

      it('with an encrypted key that the ssh-agent holds, without asking for the passphrase', async () => {
        const agent = keep(await startSshAgent(join(folder, 'agent-2')));
        const encrypted = makeSshKey(folder, 'held-by-agent');
        agent.add(encrypted);
        encryptSshKey(encrypted, 'a passphrase');
        sshd.authorize('root', encrypted);
        const askPassphrase = vi.fn<() => Promise<string | undefined>>();
        await connecting({ agentSocket: agent.socket, askPassphrase }, target(sshd, { identityFiles: [encrypted.path] }));
        expect(askPassphrase).not.toHaveBeenCalled();
      });
    });

    describe('does not get there', () => {
      const elsewhere = (server: { readonly port: number }): NodeTarget => target({ port: server.port });
      const quickly = { connectTimeoutMs: 1500 };

      it('when nothing listens', async () => {
        const port = await freePort();
        await expect(connecting(quickly, target({ port }))).rejects.toMatchObject({
          code: 'SSH_REFUSED',
          params: { node: 'node-1', address: '127.0.0.1', port },
          retryable: true,
        });
      });

      it('at first, and tries again', async () => {
        const late = await startSshd(world.node.root);
        const { port } = late;
        late.authorize('root', key);
        await late.close();
        const again = connecting({ connectTimeoutMs: 8000, knownHostsFiles: [file(`${late.knownHostsLine}\n`)] }, target({ port }));
        const comesUp = startSshd(world.node.root, { again: late });
        const [hostKey, server] = await Promise.all([again, comesUp]);
        keep(server);
        expect(hostKey).toBe(late.hostKeys[0]?.fingerprint);
      });

      it.each([
        ['takes the connection and says nothing', () => startSilentServer()],
        ['drops every packet', () => startBlackHole()],
      ])('when the host %s', async (_, start) => {
        const server = keep(await start());
        const began = performance.now();
        await expect(connecting(quickly, elsewhere(server))).rejects.toMatchObject({
          code: 'SSH_TIMED_OUT',
          params: { node: 'node-1', address: '127.0.0.1', port: server.port, seconds: 1.5 },
        });
        expect(performance.now() - began).toBeLessThan(4000);
      });

      it('when what answers does not speak SSH', async () => {
        const server = keep(await startSilentServer('HTTP/1.1 400 Bad Request\r\n\r\n'));
        await expect(connecting(quickly, elsewhere(server))).rejects.toMatchObject({ code: 'SSH_NOT_AN_SSH_SERVER', params: { port: server.port } });
      });

      it('when sshd is too busy', async () => {
        const server = keep(await startSilentServer('Exceeded MaxStartups\r\n'));
        await expect(connecting(quickly, elsewhere(server))).rejects.toMatchObject({ code: 'SSH_CONNECTION_LOST', retryable: true });
      });

      it('when the name has no address', async () => {
        await expect(connecting(quickly, target(sshd, { address: 'no-such-host.invalid' }))).rejects.toMatchObject({
          code: 'SSH_NAME_UNRESOLVED',
          params: { address: 'no-such-host.invalid' },
        });
      });

      it('when it is interrupted on the way', async () => {
        const server = keep(await startSilentServer());
        const controller = new AbortController();
        const { transport: way, target: to } = place({ connectTimeoutMs: 20_000 }, elsewhere(server));
        const failing = expect(way.connect(to, controller.signal)).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' });
        setTimeout(() => controller.abort(), 200);
        const began = performance.now();
        await failing;
        expect(performance.now() - began).toBeLessThan(2000);
      });
    });

    describe('that ends', () => {
      it('under a command is lost, and the node ends the script by itself', async () => {
        const server = await serveHere();
        const seconds = `9${Math.floor(Math.random() * 1e9)}`;
        const here = place({ knownHostsFiles: [file(`${server.knownHostsLine}\n`)] }, target(server));
        const running = ask(here, { script: 'echo begun; sleep "$1"', args: [seconds], timeoutMs: 1000 });
        const failed = expect(running).rejects.toMatchObject({ code: 'SSH_CONNECTION_LOST', params: { node: 'node-1' }, retryable: true });
        await vi.waitFor(() => expect(world.node.processesWith(seconds)).toBeGreaterThan(0), { timeout: 900, interval: 20 });
        server.dropConnections();
        await failed;
        expect(world.node.processesWith(seconds)).toBeGreaterThan(0);
        await vi.waitFor(() => expect(world.node.processesWith(seconds)).toBe(0), { timeout: 10_000, interval: 200 });
      });

      it('cannot be used any more', async () => {
        const { transport: way, target: to } = place();
        const connection = await way.connect(to, new AbortController().signal);
        await connection.close();
        const request = { script: 'echo', args: [], privilege: 'none', timeoutMs: 5000, maxOutputBytes: 100 } as const;
        await expect(connection.exec(request)).rejects.toMatchObject({ code: 'SSH_CONNECTION_LOST' });
      });
    });

    describe('as a user', () => {
      const as = (user: LoginUser, server = sshd): Place => place({ knownHostsFiles: [file(`${server.knownHostsLine}\n`)] }, target(server, { user }));
      const whoAmI = { script: 'echo "$(id -un) $1"; cat; echo err >&2', args: ["it's $HOME \\ ! \n%"], input: Buffer.from('in\n'), privilege: 'root' } as const;
      const expected = { exitCode: 0, stdout: `root ${whoAmI.args[0]}\nin\n`, stderr: 'err\n', privilege: 'sudo' };

      it('whose shell and whose server are talkative, gives the script’s output alone', async () => {
        const banner = file('AUTHORISED USE ONLY\nstdout stderr\n');
        const server = await serveHere({ config: [`Banner ${banner}`] });
        expect(await ask(as('noisy', server), whoAmI)).toMatchObject(expected);
        expect(await ask(as('noisy', server), { ...whoAmI, privilege: 'preferred' })).toMatchObject(expected);
      });

      it.each(['tcsh-user', 'fish-user'] as const)('whose shell is not POSIX: %s', async (user) => {
        expect(await ask(as(user), whoAmI)).toMatchObject(expected);
      });

      it('who may not log in, tells what the shell said', async () => {
        await expect(ask(as('no-login'), whoAmI)).rejects.toMatchObject({
          code: 'LOGIN_SHELL_FAILED',
          params: { node: 'node-1', user: 'no-login', detail: expect.stringContaining('not available') as string },
        });
      });
    });

    describe('through a bastion', () => {
      const bastionOf = (server: Sshd, more: Partial<BastionTarget> = {}): BastionTarget => {
        return { address: '127.0.0.1', port: server.port, user: 'sudo-works', identityFiles: [key.path], ...more };
      };
      const knowing = (...servers: readonly Sshd[]): Partial<TransportSettings> => {
        return { knownHostsFiles: [file(servers.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''))] };
      };

      it('reaches many nodes by one connection to it', async () => {
        const bastion = await serveHere();
        const way = transport(knowing(bastion, sshd));
        const behind = Array.from({ length: 20 }, (_, index) => target(sshd, { name: `node-${index}`, bastion: bastionOf(bastion) }));
        const answers = await Promise.all(behind.map((to) => ask({ transport: way, target: to }, { script: 'echo "$1"', args: [to.name] })));
        expect(answers.map(({ stdout }) => stdout)).toEqual(behind.map(({ name }) => `${name}\n`));
        expect(logins(bastion)).toBe(1);
      });

      it('shakes hands with at most 8 nodes at once', async () => {
        const bastion = await serveHere();
        const silent = keep(await startSilentServer());
        const way = transport({ ...knowing(bastion, sshd), connectTimeoutMs: 2500 });
        const controller = new AbortController();
        const to = target({ port: silent.port }, { bastion: bastionOf(bastion) });
        const failing = Array.from({ length: 20 }, () => expect(way.connect(to, controller.signal)).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' }));
        await vi.waitFor(() => expect(silent.connections()).toBe(8), { timeout: 2400 });
        controller.abort();
        await Promise.all(failing);
        expect(silent.mostConnections()).toBe(8);
      });

      it('verifies the bastion’s own host key', async () => {
        const bastion = await serveHere();
        const failing = connecting(knowing(sshd), target(sshd, { bastion: bastionOf(bastion) }));
        await expect(failing).rejects.toMatchObject({ code: 'SSH_HOST_KEY_UNKNOWN', params: { node: 'bastion 127.0.0.1', fingerprint: bastion.hostKeys[0]?.fingerprint } });
        expect(logins(bastion)).toBe(0);
      });

      it('verifies the node’s host key too', async () => {
        const bastion = await serveHere();
        const failing = connecting(knowing(bastion), target(sshd, { bastion: bastionOf(bastion) }));
        await expect(failing).rejects.toMatchObject({ code: 'SSH_HOST_KEY_UNKNOWN', params: { node: 'node-1', fingerprint: sshd.hostKeys[0]?.fingerprint } });
      });

      it('tells that the bastion does not let it in', async () => {
        const bastion = await serveHere();
        const stranger = makeSshKey(folder, 'bastion-stranger');
        const to = target(sshd, { bastion: bastionOf(bastion, { identityFiles: [stranger.path] }) });
        await expect(connecting(knowing(bastion, sshd), to)).rejects.toMatchObject({ code: 'SSH_AUTH_FAILED', params: { node: 'bastion 127.0.0.1', user: 'sudo-works' } });
      });

      it('tells that the bastion forwards nothing', async () => {
        const bastion = await serveHere({ config: ['AllowTcpForwarding no'] });
        const failing = connecting(knowing(bastion, sshd), target(sshd, { bastion: bastionOf(bastion) }));
        await expect(failing).rejects.toMatchObject({ code: 'SSH_FORWARDING_DENIED', params: { node: 'node-1', bastion: '127.0.0.1' } });
      });

      it('tells that the node refuses the bastion', async () => {
        const bastion = await serveHere();
        const port = await freePort();
        const failing = connecting({ ...knowing(bastion), connectTimeoutMs: 1500 }, target({ port }, { bastion: bastionOf(bastion) }));
        await expect(failing).rejects.toMatchObject({ code: 'SSH_REFUSED', params: { node: 'node-1', port } });
      });

      it('connects to the bastion again when that connection is lost', async () => {
        const bastion = await serveHere();
        const way = transport(knowing(bastion, sshd));
        const behind = { transport: way, target: target(sshd, { bastion: bastionOf(bastion) }) };
        expect(await ask(behind, { script: 'echo one' })).toMatchObject({ stdout: 'one\n' });
        bastion.dropConnections();
        await vi.waitFor(async () => expect(await ask(behind, { script: 'echo two' })).toMatchObject({ stdout: 'two\n' }), { timeout: 5000 });
        expect(logins(bastion)).toBe(2);
      });
    });
  });
}
