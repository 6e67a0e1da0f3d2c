import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { LoginUser } from '../../../test/login-node.ts';
import { startSshAgent } from '../../../test/ssh-agent.ts';
import { encryptSshKey, makeSshKey } from '../../../test/ssh-keys.ts';
import type { ConnectionFixture } from './connection-fixture.ts';
import { ask, withConnection, type Place } from './place.ts';

/** Who is let in, and what is made of their shells. */
export function describeLogin(fixture: ConnectionFixture): void {
  describe('is not let in', () => {
    it('with a wrong scene.key, and does not try again', async () => {
      const server = await fixture.serveHere();
      const path = fixture.file(`${server.knownHostsLine}\n`);
      const stranger = makeSshKey(fixture.folder, 'stranger');
      const failing = fixture.connecting(
        { knownHostsFiles: [path] },
        fixture.target(server, { identityFiles: [stranger.path] }),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_AUTH_FAILED',
        params: { node: 'node-1', user: 'root' },
      });
      expect(
        server
          .log()
          .split('\n')
          .filter((line) => line.startsWith('Connection from')).length,
      ).toBe(1);
    });

    it('as a user that does not exist', async () => {
      await expect(
        fixture.connecting({}, fixture.target(fixture.sshd, { user: 'nobody-of-that-name' })),
      ).rejects.toMatchObject({
        code: 'SSH_AUTH_FAILED',
        params: { user: 'nobody-of-that-name' },
      });
    });

    it('to run a command, where the server allows no session', async () => {
      const server = await fixture.serveHere({ config: ['MaxSessions 0'] });
      const nowhere = fixture.place(
        { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] },
        fixture.target(server),
      );
      await expect(ask(nowhere, { script: 'echo' })).rejects.toMatchObject({
        code: 'SSH_SESSION_REFUSED',
        params: { user: 'root' },
      });
    });
  });

  describe('gets in', () => {
    it('where the server allows fewer sessions than are asked for at once: they take turns', async () => {
      const server = await fixture.serveHere({ config: ['MaxSessions 2'] });
      const place = fixture.place(
        { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] },
        fixture.target(server),
      );
      const numbers = Array.from({ length: 12 }, (_, index) => String(index));
      const request = {
        script: 'sleep 0.2; echo "$1"',
        privilege: 'none',
        timeoutMs: 5_000,
        maxOutputBytes: 100,
      } as const;
      await withConnection(place, async (connection) => {
        const results = await Promise.all(numbers.map((number) => connection.exec({ ...request, args: [number] })));
        expect(results.map(({ stdout }) => Buffer.from(stdout).toString().trim())).toEqual(numbers);
      });
    });

    it('with a scene.key that only the ssh-agent has', async () => {
      const agent = fixture.keep(await startSshAgent(join(fixture.folder, 'agent-1')));
      agent.add(fixture.key);
      expect(
        await fixture.connecting({ agentSocket: agent.socket }, fixture.target(fixture.sshd, { identityFiles: [] })),
      ).toBe(fixture.sshd.hostKeys[0]?.fingerprint);
    });

    it('with an encrypted scene.key that the ssh-agent holds, without asking for the passphrase', async () => {
      const agent = fixture.keep(await startSshAgent(join(fixture.folder, 'agent-2')));
      const encrypted = makeSshKey(fixture.folder, 'held-by-agent');
      agent.add(encrypted);
      encryptSshKey(encrypted, 'a passphrase');
      fixture.sshd.authorize('root', encrypted);
      const askPassphrase = vi.fn<() => Promise<string | undefined>>();
      await fixture.connecting(
        { agentSocket: agent.socket, askPassphrase },
        fixture.target(fixture.sshd, { identityFiles: [encrypted.path] }),
      );
      expect(askPassphrase).not.toHaveBeenCalled();
    });
  });

  describe('as a user', () => {
    const as = (user: LoginUser, server = fixture.sshd): Place =>
      fixture.place(
        { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] },
        fixture.target(server, { user }),
      );
    const whoAmI = {
      script: 'echo "$(id -un) $1"; cat; echo err >&2',
      args: ["it's $HOME \\ ! \n%"],
      input: Buffer.from('in\n'),
      privilege: 'root',
    } as const;
    const expected = { exitCode: 0, stdout: `root ${whoAmI.args[0]}\nin\n`, stderr: 'err\n', privilege: 'sudo' };

    it('whose shell and whose server are talkative, gives the script’s output alone', async () => {
      const banner = fixture.file('AUTHORISED USE ONLY\nstdout stderr\n');
      const server = await fixture.serveHere({ config: [`Banner ${banner}`] });
      expect(await ask(as('noisy', server), whoAmI)).toMatchObject(expected);
      expect(await ask(as('noisy', server), { ...whoAmI, privilege: 'preferred' })).toMatchObject(expected);
    });

    it.each(['tcsh-user', 'fish-user'] as const)('whose shell is not POSIX: %s', async (user) => {
      expect(await ask(as(user), whoAmI)).toMatchObject(expected);
    });

    it('who cannot log in, tells what the shell said', async () => {
      await expect(ask(as('no-login'), whoAmI)).rejects.toMatchObject({
        code: 'LOGIN_SHELL_FAILED',
        params: { node: 'node-1', user: 'no-login', detail: expect.stringContaining('not available') as string },
      });
    });
  });
}
