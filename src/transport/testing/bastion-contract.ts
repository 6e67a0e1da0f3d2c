import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { startSilentServer } from '../../../test/silent-server.ts';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import type { Sshd } from '../../../test/sshd.ts';
import type { TransportSettings } from '../settings.ts';
import type { BastionTarget } from '../transport.ts';
import type { ConnectionFixture } from './connection-fixture.ts';
import { ask } from './place.ts';

/** Nodes behind a bastion. */
export function describeBastion(fixture: ConnectionFixture): void {
  describe('through a bastion', () => {
    const bastionOf = (server: Sshd, more: Partial<BastionTarget> = {}): BastionTarget => {
      return {
        address: '127.0.0.1',
        port: server.port,
        user: 'sudo-works',
        identityFiles: [fixture.key.path],
        ...more,
      };
    };
    const knowing = (...servers: readonly Sshd[]): Partial<TransportSettings> => {
      return { knownHostsFiles: [fixture.file(servers.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''))] };
    };

    it('reaches many nodes by one connection to it', async () => {
      const bastion = await fixture.serveHere();
      const way = fixture.transport(knowing(bastion, fixture.sshd));
      const behind = Array.from({ length: 20 }, (_, index) =>
        fixture.target(fixture.sshd, { name: `node-${index}`, bastion: bastionOf(bastion) }),
      );
      const answers = await Promise.all(
        behind.map((to) => ask({ transport: way, target: to }, { script: 'echo "$1"', args: [to.name] })),
      );
      expect(answers.map(({ stdout }) => stdout)).toEqual(behind.map(({ name }) => `${name}\n`));
      expect(fixture.logins(bastion)).toBe(1);
    });

    it('shakes hands with at most 8 nodes at once', async () => {
      const bastion = await fixture.serveHere();
      const silent = fixture.keep(await startSilentServer());
      const way = fixture.transport({ ...knowing(bastion, fixture.sshd), connectTimeoutMs: 20_000 });
      const controller = new AbortController();
      const to = fixture.target({ port: silent.port }, { bastion: bastionOf(bastion) });
      const failing = Array.from({ length: 20 }, () =>
        expect(way.connect(to, controller.signal)).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' }),
      );
      await vi.waitFor(() => expect(silent.connections()).toBe(8), { timeout: 15_000, interval: 20 });
      controller.abort();
      await Promise.all(failing);
      expect(silent.mostConnections()).toBe(8);
    });

    it('verifies the bastion’s own host key', async () => {
      const bastion = await fixture.serveHere();
      const failing = fixture.connecting(
        knowing(fixture.sshd),
        fixture.target(fixture.sshd, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        params: { node: 'bastion 127.0.0.1', fingerprint: bastion.hostKeys[0]?.fingerprint },
      });
      expect(fixture.logins(bastion)).toBe(0);
    });

    it('verifies the node’s host scene.key too', async () => {
      const bastion = await fixture.serveHere();
      const failing = fixture.connecting(
        knowing(bastion),
        fixture.target(fixture.sshd, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        params: { node: 'node-1', fingerprint: fixture.sshd.hostKeys[0]?.fingerprint },
      });
    });

    it('tells that the bastion does not let it in', async () => {
      const bastion = await fixture.serveHere();
      const stranger = makeSshKey(fixture.folder, 'bastion-stranger');
      const to = fixture.target(fixture.sshd, { bastion: bastionOf(bastion, { identityFiles: [stranger.path] }) });
      await expect(fixture.connecting(knowing(bastion, fixture.sshd), to)).rejects.toMatchObject({
        code: 'SSH_AUTH_FAILED',
        params: { node: 'bastion 127.0.0.1', user: 'sudo-works' },
      });
    });

    it('tells that the bastion forwards nothing', async () => {
      const bastion = await fixture.serveHere({ config: ['AllowTcpForwarding no'] });
      const failing = fixture.connecting(
        knowing(bastion, fixture.sshd),
        fixture.target(fixture.sshd, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_FORWARDING_DENIED',
        params: { node: 'node-1', bastion: '127.0.0.1' },
      });
    });

    it('tells that the node refuses the bastion', async () => {
      const bastion = await fixture.serveHere();
      const port = await freePort();
      const failing = fixture.connecting(
        { ...knowing(bastion), connectTimeoutMs: 5000 },
        fixture.target({ port }, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({ code: 'SSH_REFUSED', params: { node: 'node-1', port } });
    });

    it('connects to the bastion again when that connection is lost', async () => {
      const bastion = await fixture.serveHere();
      const way = fixture.transport(knowing(bastion, fixture.sshd));
      const behind = { transport: way, target: fixture.target(fixture.sshd, { bastion: bastionOf(bastion) }) };
      expect(await ask(behind, { script: 'echo one' })).toMatchObject({ stdout: 'one\n' });
      bastion.dropConnections();
      await vi.waitFor(
        async () => expect(await ask(behind, { script: 'echo two' })).toMatchObject({ stdout: 'two\n' }),
        { timeout: 10_000 },
      );
      expect(fixture.logins(bastion)).toBe(2);
    });
  });
}
