import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import { ConnectionFixture } from '../testing/connection-fixture.ts';
import { createSshConnectionHost } from '../testing/ssh-fixtures.ts';

/**
 * What only the transport in this process does: it reads known_hosts itself, and speaks fewer dialects than OpenSSH.
 */
describe('the hosts of ssh', () => {
  const fixture = new ConnectionFixture();
  beforeAll(async () => fixture.open(await createSshConnectionHost('ssh', () => ({}))));
  afterEach(() => fixture.tidy());
  afterAll(() => fixture.close());

  it('have changed when they have no key of a type they are known by', async () => {
    const rsa = makeSshKey(fixture.folder, 'rsa-host', { type: 'rsa' });
    const path = fixture.file(`[127.0.0.1]:${fixture.sshd.port} ${rsa.publicLine}\n`);
    await expect(fixture.connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
      params: { fingerprint: fixture.sshd.hostKeys[0]?.fingerprint, place: `${path}:1` },
    });
    await expect(fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'SSH_HOST_KEY_CHANGED',
    });
  });

  it.each(['strict', 'accept-new'] as const)(
    'cannot be vouched for by a certificate authority alone (%s)',
    async (hostKeyPolicy) => {
      const path = fixture.file(
        `@cert-authority * ${makeSshKey(fixture.folder, `authority-${hostKeyPolicy}`).publicLine}\n`,
      );
      await expect(fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy })).rejects.toMatchObject({
        code: 'SSH_HOST_CERTIFICATE_ONLY',
        params: { address: '127.0.0.1', place: `${path}:1` },
      });
    },
  );

  it('are not trusted when known_hosts cannot be read', async () => {
    const folder = join(fixture.folder, 'a-folder');
    mkdirSync(folder);
    const known = fixture.file(`${fixture.sshd.knownHostsLine}\n`);
    await expect(fixture.connecting({ knownHostsFiles: [known, folder] })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
      params: { path: folder },
    });
  });

  it('are not accepted when they cannot be written down', async () => {
    const path = join(fixture.file('a file, no folder'), 'known_hosts');
    await expect(fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNREADABLE',
    });
    const locked = fixture.file('');
    mkdirSync(`${locked}.lock`);
    await expect(fixture.connecting({ knownHostsFiles: [locked], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
      code: 'KNOWN_HOSTS_UNWRITABLE',
      params: { path: locked },
    });
    expect(readFileSync(locked, 'utf8')).toBe('');
  }, 15_000);

  it('that speak no key exchange of ours are told so', async () => {
    const server = await fixture.serveHere({
      config: ['KexAlgorithms diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256'],
    });
    const settings = { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] };
    await expect(fixture.connecting(settings, fixture.target(server))).rejects.toMatchObject({
      code: 'SSH_NEGOTIATION_FAILED',
      params: { node: 'node-1', what: 'key exchange algorithm' },
    });
  });
});
