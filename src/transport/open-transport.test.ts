import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTransport } from './open-transport.ts';
import { defaultTransportSettings } from './settings.ts';

const target = { name: 'node-1', address: '127.0.0.1', identityFiles: [] };
const never = new AbortController().signal;

describe('opening a transport', () => {
  it('loads the SSH library for ssh alone, and not before the first connection', () => {
    const program = `
      import { createRequire } from 'node:module';
      import { openTransport } from '${join(import.meta.dirname, 'open-transport.ts')}';
      import { defaultTransportSettings } from '${join(import.meta.dirname, 'settings.ts')}';
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('ssh2'));
      const target = ${JSON.stringify(target)};
      for (const kind of ['local', 'system-ssh', 'ssh']) {
        const transport = openTransport(kind, { ...defaultTransportSettings({}), sshProgram: 'no-such-program', defaultIdentityFiles: [] });
        const before = loaded();
        await transport.connect(target, new AbortController().signal).catch(() => undefined);
        console.log(kind, before, loaded());
        await transport.close();
      }`;
    const hooks = join(import.meta.dirname, '..', '..', 'scripts', 'source-hooks.ts');
    const printed = execFileSync(process.execPath, ['--import', hooks, '--input-type=module'], {
      input: program,
      encoding: 'utf8',
    });
    expect(printed).toBe('local false false\nsystem-ssh false false\nssh false true\n');
  });

  it('says that the OpenSSH client is missing', async () => {
    const transport = openTransport('system-ssh', { ...defaultTransportSettings({}), sshProgram: 'no-such-program' });
    await expect(transport.connect(target, never)).rejects.toMatchObject({
      code: 'SSH_CLIENT_MISSING',
      params: { program: 'no-such-program', problem: 'ENOENT' },
    });
    await transport.close();
  });

  it('refuses an address that ssh would take for an option', async () => {
    const transport = openTransport('system-ssh', defaultTransportSettings({}));
    await expect(transport.connect({ ...target, address: '-oProxyCommand=id' }, never)).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
    });
    await transport.close();
  });

  it('says that the shell of local is missing', async () => {
    const transport = openTransport('local', { ...defaultTransportSettings({}), enter: ['no-such-program'] });
    const connection = await transport.connect(target, never);
    const running = connection.exec({ script: 'id', args: [], privilege: 'none', timeoutMs: 1000, maxOutputBytes: 1 });
    await expect(running).rejects.toMatchObject({ code: 'LOGIN_SHELL_FAILED', params: { node: 'node-1' } });
    await transport.close();
  });

  it('makes no pods without an API server', async () => {
    const transport = openTransport('pod', defaultTransportSettings({}));
    await expect(transport.connect(target, never)).rejects.toMatchObject({ code: 'POD_NEEDS_API' });
  });

  it('closes what was never used', async () => {
    await expect(openTransport('ssh', defaultTransportSettings({})).close()).resolves.toBeUndefined();
  });
});

describe('the usual settings', () => {
  it('are OpenSSH’s own', () => {
    expect(defaultTransportSettings({ SSH_AUTH_SOCK: '/run/agent' }, '/home/a')).toMatchObject({
      hostKeyPolicy: 'strict',
      agentSocket: '/run/agent',
      defaultIdentityFiles: ['/home/a/.ssh/id_ed25519', '/home/a/.ssh/id_ecdsa', '/home/a/.ssh/id_rsa'],
    });
    expect(defaultTransportSettings({ SSH_AUTH_SOCK: '' }, '/home/a').agentSocket).toBeUndefined();
  });
});
