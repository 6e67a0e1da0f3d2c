import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { startSilentServer } from '../../../test/silent-server.ts';
import { makeSshKey } from '../../../test/ssh-keys.ts';
import type { Sshd } from '../../../test/sshd.ts';
import type { TransportSettings } from '../settings.ts';
import type { BastionTarget } from '../transport.ts';
import type { ConnectionScene } from './connection-scene.ts';
import { ask } from './place.ts';

/** Nodes behind a bastion. */
export function describeBastion(scene: ConnectionScene): void {
  describe('through a bastion', () => {
    const bastionOf = (server: Sshd, more: Partial<BastionTarget> = {}): BastionTarget => {
      return { address: '127.0.0.1', port: server.port, user: 'sudo-works', identityFiles: [scene.key.path], ...more };
    };
    const knowing = (...servers: readonly Sshd[]): Partial<TransportSettings> => {
      return { knownHostsFiles: [scene.file(servers.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''))] };
    };

    it('reaches many nodes by one connection to it', async () => {
      const bastion = await scene.serveHere();
      const way = scene.transport(knowing(bastion, scene.sshd));
      const behind = Array.from({ length: 20 }, (_, index) =>
        scene.target(scene.sshd, { name: `node-${index}`, bastion: bastionOf(bastion) }),
      );
      const answers = await Promise.all(
        behind.map((to) => ask({ transport: way, target: to }, { script: 'echo "$1"', args: [to.name] })),
      );
      expect(answers.map(({ stdout }) => stdout)).toEqual(behind.map(({ name }) => `${name}\n`));
      expect(scene.logins(bastion)).toBe(1);
    });

    it('shakes hands with at most 8 nodes at once', async () => {
      const bastion = await scene.serveHere();
      const silent = scene.keep(await startSilentServer());
      const way = scene.transport({ ...knowing(bastion, scene.sshd), connectTimeoutMs: 20_000 });
      const controller = new AbortController();
      const to = scene.target({ port: silent.port }, { bastion: bastionOf(bastion) });
      const failing = Array.from({ length: 20 }, () =>
        expect(way.connect(to, controller.signal)).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' }),
      );
      await vi.waitFor(() => expect(silent.connections()).toBe(8), { timeout: 15_000, interval: 20 });
      controller.abort();
      await Promise.all(failing);
      expect(silent.mostConnections()).toBe(8);
    });

    it('verifies the bastion’s own host key', async () => {
      const bastion = await scene.serveHere();
      const failing = scene.connecting(knowing(scene.sshd), scene.target(scene.sshd, { bastion: bastionOf(bastion) }));
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        params: { node: 'bastion 127.0.0.1', fingerprint: bastion.hostKeys[0]?.fingerprint },
      });
      expect(scene.logins(bastion)).toBe(0);
    });

    it('verifies the node’s host scene.key too', async () => {
      const bastion = await scene.serveHere();
      const failing = scene.connecting(knowing(bastion), scene.target(scene.sshd, { bastion: bastionOf(bastion) }));
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_HOST_KEY_UNKNOWN',
        params: { node: 'node-1', fingerprint: scene.sshd.hostKeys[0]?.fingerprint },
      });
    });

    it('tells that the bastion does not let it in', async () => {
      const bastion = await scene.serveHere();
      const stranger = makeSshKey(scene.folder, 'bastion-stranger');
      const to = scene.target(scene.sshd, { bastion: bastionOf(bastion, { identityFiles: [stranger.path] }) });
      await expect(scene.connecting(knowing(bastion, scene.sshd), to)).rejects.toMatchObject({
        code: 'SSH_AUTH_FAILED',
        params: { node: 'bastion 127.0.0.1', user: 'sudo-works' },
      });
    });

    it('tells that the bastion forwards nothing', async () => {
      const bastion = await scene.serveHere({ config: ['AllowTcpForwarding no'] });
      const failing = scene.connecting(
        knowing(bastion, scene.sshd),
        scene.target(scene.sshd, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({
        code: 'SSH_FORWARDING_DENIED',
        params: { node: 'node-1', bastion: '127.0.0.1' },
      });
    });

    it('tells that the node refuses the bastion', async () => {
      const bastion = await scene.serveHere();
      const port = await freePort();
      const failing = scene.connecting(
        { ...knowing(bastion), connectTimeoutMs: 5000 },
        scene.target({ port }, { bastion: bastionOf(bastion) }),
      );
      await expect(failing).rejects.toMatchObject({ code: 'SSH_REFUSED', params: { node: 'node-1', port } });
    });

    it('connects to the bastion again when that connection is lost', async () => {
      const bastion = await scene.serveHere();
      const way = scene.transport(knowing(bastion, scene.sshd));
      const behind = { transport: way, target: scene.target(scene.sshd, { bastion: bastionOf(bastion) }) };
      expect(await ask(behind, { script: 'echo one' })).toMatchObject({ stdout: 'one\n' });
      bastion.dropConnections();
      await vi.waitFor(
        async () => expect(await ask(behind, { script: 'echo two' })).toMatchObject({ stdout: 'two\n' }),
        { timeout: 10_000 },
      );
      expect(scene.logins(bastion)).toBe(2);
    });
  });
}
