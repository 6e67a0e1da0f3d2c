import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import type { ConnectionFixture } from './connection-fixture.ts';

/** Which hosts are trusted. */
export function describeHostKeys(fixture: ConnectionFixture): void {
  describe('knows a host', () => {
    const fingerprint = (): string | undefined => fixture.sshd.hostKeys[0]?.fingerprint;
    const publicLine = (): string => fixture.sshd.hostKeys[0]?.publicLine ?? '';

    it('by a hashed line, as Debian’s ssh writes them', async () => {
      const path = fixture.file(`${fixture.sshd.knownHostsLine}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
      expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|/);
      expect(await fixture.connecting({ knownHostsFiles: [path] })).toBe(fingerprint());
    });

    it('by a pattern', async () => {
      expect(await fixture.connecting({ knownHostsFiles: [fixture.file(`[127.0.*]:* ${publicLine()}\n`)] })).toBe(
        fingerprint(),
      );
    });

    it('by a line without the port', async () => {
      expect(await fixture.connecting({ knownHostsFiles: [fixture.file(`127.0.0.1 ${publicLine()}\n`)] })).toBe(
        fingerprint(),
      );
    });

    it('by the second of two files', async () => {
      expect(
        await fixture.connecting({
          knownHostsFiles: [join(fixture.folder, 'absent'), fixture.file(`${fixture.sshd.knownHostsLine}\n`)],
        }),
      ).toBe(fingerprint());
    });

    it.each(['rsa', 'ecdsa', 'ed25519'] as const)('by one scene.key of several: %s', async (type) => {
      const many = await fixture.serveHere({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
      const known = many.hostKeys[['ed25519', 'ecdsa', 'rsa'].indexOf(type)];
      const path = fixture.file(`[127.0.0.1]:${many.port} ${known?.publicLine}\n`);
      expect(await fixture.connecting({ knownHostsFiles: [path] }, fixture.target(many))).toBe(known?.fingerprint);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
      expect(await fixture.connecting({ knownHostsFiles: [path] }, fixture.target(many))).toBe(known?.fingerprint);
    });
  });

  describe('refuses a host', () => {
    it('that it does not know', async () => {
      await expect(fixture.connecting({ knownHostsFiles: [fixture.file('')] })).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        params: { node: 'node-1', address: '127.0.0.1', fingerprint: fixture.sshd.hostKeys[0]?.fingerprint },
      });
    });

    it('whose scene.key changed, and says where the old one is', async () => {
      const other = makeSshKey(fixture.folder, 'other-host');
      const path = fixture.file(`# first line\n[127.0.0.1]:${fixture.sshd.port} ${other.publicLine}\n`);
      const entry = `[127.0.0.1]:${fixture.sshd.port}`;
      await expect(fixture.connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_CHANGED',
        params: {
          node: 'node-1',
          address: '127.0.0.1',
          fingerprint: fixture.sshd.hostKeys[0]?.fingerprint,
          place: `${path}:2`,
          entry,
        },
      });
      // The way out that the error names works.
      execFileSync('ssh-keygen', ['-q', '-R', entry, '-f', path], { stdio: 'ignore' });
      await expect(fixture.connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
      });
    });

    it('whose scene.key is revoked', async () => {
      const path = fixture.file(`${fixture.sshd.knownHostsLine}\n@revoked * ${fixture.sshd.hostKeys[0]?.publicLine}\n`);
      await expect(fixture.connecting({ knownHostsFiles: [path] })).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_REVOKED',
      });
    });
  });

  describe('told to accept new hosts', () => {
    it('writes an unknown host down, once, and knows it from then on', async () => {
      const path = fixture.file(`elsewhere ${makeSshKey(fixture.folder, 'elsewhere').publicLine}\n`);
      const before = readFileSync(path, 'utf8');
      expect(await fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).toBe(
        fixture.sshd.hostKeys[0]?.fingerprint,
      );
      expect(await fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).toBe(
        fixture.sshd.hostKeys[0]?.fingerprint,
      );
      expect(await fixture.connecting({ knownHostsFiles: [path] })).toBe(fixture.sshd.hostKeys[0]?.fingerprint);
      expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
      expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBe(2);
    });

    it('still refuses a host whose scene.key changed, and leaves the file alone', async () => {
      const path = fixture.file(
        `[127.0.0.1]:${fixture.sshd.port} ${makeSshKey(fixture.folder, 'changed-host').publicLine}\n`,
      );
      copyFileSync(path, `${path}.before`);
      await expect(fixture.connecting({ knownHostsFiles: [path], hostKeyPolicy: 'accept-new' })).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_CHANGED',
      });
      expect(readFileSync(path, 'utf8')).toBe(readFileSync(`${path}.before`, 'utf8'));
    });
  });
}
