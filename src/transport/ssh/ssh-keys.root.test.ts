import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSshAgent } from '../../../test/ssh-agent.ts';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import type { TransportSettings } from '../settings.ts';
import { ConnectionFixture } from '../testing/connection-fixture.ts';
import { withConnection } from '../testing/place.ts';
import { createSshConnectionHost } from '../testing/ssh-fixtures.ts';

type Ask = NonNullable<TransportSettings['askPassphrase']>;

/** What only the transport in this process does: it reads the key files itself. */
describe('the keys of ssh', () => {
  const fixture = new ConnectionFixture();
  beforeAll(async () => fixture.open(await createSshConnectionHost('ssh', () => ({}))));
  afterEach(() => fixture.tidy());
  afterAll(() => fixture.close());

  let names = 0;
  const newKey = (options: Parameters<typeof makeSshKey>[2] = {}): ReturnType<typeof makeSshKey> => {
    const key = makeSshKey(fixture.folder, `key-${(names += 1)}`, options);
    fixture.sshd.authorize('root', key);
    return key;
  };
  const connecting = (identityFiles: readonly string[], settings: Partial<TransportSettings> = {}): Promise<unknown> =>
    fixture.connecting(settings, fixture.target(fixture.sshd, { identityFiles }));

  it.each([{ type: 'ed25519' }, { type: 'ecdsa' }, { type: 'rsa' }, { type: 'rsa', pem: true }] as const)(
    'may be %o',
    async (options) => {
      await connecting([newKey(options).path]);
    },
  );

  it.each([{ type: 'ed25519' }, { type: 'rsa', pem: true }] as const)(
    'ask for the passphrase once, for all nodes: %o',
    async (options) => {
      const key = newKey({ ...options, passphrase: 'open sesame' });
      const askPassphrase = vi.fn<Ask>().mockResolvedValueOnce('wrong').mockResolvedValue('open sesame');
      const transport = fixture.transport({ askPassphrase });
      const target = fixture.target(fixture.sshd, { identityFiles: [key.path] });
      await Promise.all(
        Array.from({ length: 10 }, () => withConnection({ transport, target }, () => Promise.resolve())),
      );
      expect(askPassphrase.mock.calls).toEqual([
        [key.path, 1],
        [key.path, 2],
      ]);
    },
  );

  it('ask for one passphrase after the other', async () => {
    const keys = [newKey({ passphrase: 'one' }), newKey({ passphrase: 'one' })];
    let asking = 0;
    const askPassphrase = async (): Promise<string> => {
      expect((asking += 1)).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      asking -= 1;
      return 'one';
    };
    const transport = fixture.transport({ askPassphrase });
    await Promise.all(
      keys.map(({ path }) =>
        withConnection({ transport, target: fixture.target(fixture.sshd, { identityFiles: [path] }) }, () =>
          Promise.resolve(),
        ),
      ),
    );
  });

  it.each([
    ['is wrong', vi.fn<Ask>().mockResolvedValue('wrong'), 'the passphrase was wrong', 3],
    ['is empty', vi.fn<Ask>().mockResolvedValue(''), 'the passphrase was wrong', 3],
    ['is not given', vi.fn<Ask>().mockResolvedValue(undefined), 'it is encrypted, and no passphrase was given', 1],
  ] as const)('are refused when the passphrase %s', async (_, askPassphrase, problem, calls) => {
    const key = newKey({ passphrase: 'open sesame' });
    await expect(connecting([key.path], { askPassphrase })).rejects.toMatchObject({
      code: 'SSH_IDENTITY_UNUSABLE',
      params: { path: key.path, problem },
    });
    expect(askPassphrase).toHaveBeenCalledTimes(calls);
  });

  it('are refused when nobody can be asked', async () => {
    const key = newKey({ passphrase: 'open sesame' });
    await expect(connecting([key.path])).rejects.toMatchObject({
      code: 'SSH_IDENTITY_UNUSABLE',
      params: { problem: expect.stringContaining('cannot be asked for') as string },
    });
  });

  it('are refused when the file is none', async () => {
    const open = newKey();
    chmodSync(open.path, 0o644);
    const cases = [
      [join(fixture.folder, 'absent'), 'ENOENT'],
      [fixture.file('not a key'), 'Unsupported key format'],
      [`${newKey().path}.pub`, 'it is a public key, and the ssh-agent does not hold the private one'],
      [open.path, 'others can read it (mode 644); run chmod 600'],
    ] as const;
    for (const [path, problem] of cases) {
      await expect(connecting([path])).rejects.toMatchObject({
        code: 'SSH_IDENTITY_UNUSABLE',
        params: { path, problem },
      });
    }
  });

  it('may be named by the public half of one that the ssh-agent holds', async () => {
    const agent = fixture.keep(await startSshAgent(join(fixture.folder, 'agent-a')));
    const key = newKey();
    agent.add(key);
    await connecting([`${key.path}.pub`], { agentSocket: agent.socket });
  });

  it('are the default ones when none is named, a plain one before an encrypted one', async () => {
    const encrypted = newKey({ passphrase: 'x' });
    const plain = newKey();
    const askPassphrase = vi.fn<Ask>().mockResolvedValue('x');
    const defaultIdentityFiles = [join(fixture.folder, 'absent'), encrypted.path, plain.path];
    await connecting([], { defaultIdentityFiles, askPassphrase });
    expect(askPassphrase).not.toHaveBeenCalled();
    await connecting([], { defaultIdentityFiles: [encrypted.path], askPassphrase });
    expect(askPassphrase).toHaveBeenCalledTimes(1);
  });

  it('are none: it says where it looked', async () => {
    const refused = await connecting([]).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'SSH_NO_KEY_TO_OFFER',
      params: { node: 'node-1', detail: expect.stringContaining('SSH_AUTH_SOCK is not set') as string },
    });
    const { params } = refused as NodemendError;
    expect(errorText('ko', 'SSH_NO_KEY_TO_OFFER', params).cause).toContain(
      '(SSH_AUTH_SOCK이 설정되지 않아 ssh-agent를 쓸 수 없음)',
    );
    const agentSocket = join(fixture.folder, 'nobody-listens');
    await expect(connecting([], { agentSocket })).rejects.toMatchObject({
      code: 'SSH_NO_KEY_TO_OFFER',
      params: { detail: expect.stringContaining('cannot be asked') as string },
    });
  });

  it('are offered to sshd no more than it allows, and the named one alone', async () => {
    const agent = fixture.keep(await startSshAgent(join(fixture.folder, 'agent-b')));
    for (let count = 0; count < 6; count++) agent.add(makeSshKey(fixture.folder, `useless-${count}`));
    const key = newKey();
    agent.add(key);
    await expect(connecting([], { agentSocket: agent.socket })).rejects.toMatchObject({
      code: 'SSH_AUTH_FAILED',
      params: { leftOut: expect.stringMatching(/sshd takes 6 tries/) as string },
    });
    await connecting([key.path], { agentSocket: agent.socket });
  });

  it('are not enough where the server wants a second factor', async () => {
    const server = await fixture.serveHere({
      config: ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'],
    });
    const settings = { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] };
    await expect(fixture.connecting(settings, fixture.target(server))).rejects.toMatchObject({
      code: 'SSH_AUTH_FAILED',
    });
  });

  it('are asked of an agent that does not answer for a few seconds only', async () => {
    const agentSocket = join(fixture.folder, 'deaf-agent');
    const deaf = createServer((socket) => socket.resume()).listen(agentSocket);
    fixture.keep({ close: () => new Promise((resolve) => deaf.close(resolve)) });
    await expect(connecting([], { agentSocket })).rejects.toMatchObject({
      code: 'SSH_NO_KEY_TO_OFFER',
      params: { detail: expect.stringContaining('does not answer') as string },
    });
  });

  it('do not appear in what sshd or an error says', async () => {
    const key = newKey();
    writeFileSync(join(fixture.folder, 'wrong-host'), '');
    const failed = await connecting([key.path], { knownHostsFiles: [join(fixture.folder, 'wrong-host')] }).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(failed)).not.toContain('PRIVATE KEY');
  });
});
