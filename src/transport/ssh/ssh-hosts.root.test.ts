import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import { ConnectionScene } from '../testing/connection-scene.ts';
import { createSshConnectionWorld } from '../testing/ssh-worlds.ts';

/**
 * What only the transport in this process does: it reads known_hosts itself, and speaks fewer dialects than OpenSSH.
 */
describe('the hosts of ssh', () => {
  const scene = new ConnectionScene();
  beforeAll(async () => scene.open(await createSshConnectionWorld('ssh', () => ({}))));
  afterEach(() => scene.tidy());
  afterAll(() => scene.close());

  it('have changed when they have no key of a type they are known by', async () => {
    const rsa = makeSshKey(scene.folder, 'rsa-host', { type: 'rsa' });
    const path = scene.file(`[127.0.0.1]:${scene.sshd.port} ${rsa.publicLine}\n`);
    await expect(scene.connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
      params: { fingerprint: scene.sshd.hostKeys[0]?.fingerprint, place: `${path}:1` },
    });
    await expect(scene.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
    });
  });

  it.each(['strict', 'accept-new'] as const)(
    'cannot be vouched for by a certificate authority alone (%s)',
    async (hostKeyPolicy) => {
      const path = scene.file(
        `@cert-authority * ${makeSshKey(scene.folder, `authority-${hostKeyPolicy}`).publicLine}\n`,
      );
      await expect(scene.connecting({ knownHostsFiles: [path], hostKeyPolicy })).rejects.toMatchObject({
        code: 'SSH_HOST_CERTIFICATE_ONLY',
        params: { address: '127.0.0.1', place: `${path}:1` },
      });
    },
  );

  it('are not trusted when known_hosts cannot be read', async () => {
    const folder = join(scene.folder, 'a-folder');
    mkdirSync(folder);
    const known = scene.file(`${scene.sshd.knownHostsLine}\n`);
    await expect(scene.connecting({ knownHostsFiles: [known, folder] })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
      params: { path: folder },
    });
  });

  it('are not accepted when they cannot be written down', async () => {
    const path = join(scene.file('a file, no folder'), 'known_hosts');
    await expect(scene.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
    });
    const locked = scene.file('');
    mkdirSync(`${locked}.lock`);
    await expect(scene.connecting({ knownHostsFiles: [locked], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNWRITABLE',
      params: { path: locked },
    });
    expect(readFileSync(locked, 'utf8')).toBe('');
  }, 15_000);

  it('that speak no key exchange of ours are told so', async () => {
    const server = await scene.serveHere({
      config: ['KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256'],
    });
    const settings = { knownHostsFiles: [scene.file(`${server.knownHostsLine}\n`)] };
    await expect(scene.connecting(settings, scene.target(server))).rejects.toMatchObject({
      code: 'SSH_NEGOTIATION_FAILED',
      params: { node: 'node-1', what: 'key exchange algorithm' },
    });
  });
});
