import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { startBlackHole, startSilentServer } from '../../../test/silent-server.ts';
import { startSshd } from '../../../test/sshd.ts';
import type { NodeTarget } from '../transport.ts';
import type { ConnectionFixture } from './connection-fixture.ts';
import { ask } from './place.ts';

/** What is said of a host that cannot be reached, or no longer. */
export function describeReach(fixture: ConnectionFixture): void {
  describe('does not get there', () => {
    const elsewhere = (server: { readonly port: number }): NodeTarget => fixture.target({ port: server.port });
    /** For hosts that answer somehow. */
    const soon = { connectTimeoutMs: 5000 };
    /** For hosts that never do. */
    const quickly = { connectTimeoutMs: 1500 };

    it('when nothing listens', async () => {
      const port = await freePort();
      await expect(fixture.connecting(soon, fixture.target({ port }))).rejects.toMatchObject({
        code: 'SSH_REFUSED',
        params: { node: 'node-1', address: '127.0.0.1', port },
        retryable: true,
      });
    });

    it('at first, and tries again', async () => {
      const late = await startSshd(fixture.host.node.root);
      const { port } = late;
      late.authorize('root', fixture.key);
      await late.close();
      const again = fixture.connecting(
        { connectTimeoutMs: 8000, knownHostsFiles: [fixture.file(`${late.knownHostsLine}\n`)] },
        fixture.target({ port }),
      );
      const comesUp = startSshd(fixture.host.node.root, { again: late });
      const [hostKey, server] = await Promise.all([again, comesUp]);
      fixture.keep(server);
      expect(hostKey).toBe(late.hostKeys[0]?.fingerprint);
    });

    it.each([
      ['takes the connection and says nothing', () => startSilentServer()],
      ['drops every packet', () => startBlackHole()],
    ])('when the host %s', async (_, start) => {
      const server = fixture.keep(await start());
      const began = performance.now();
      await expect(fixture.connecting(quickly, elsewhere(server))).rejects.toMatchObject({
        code: 'SSH_TIMED_OUT',
        params: { node: 'node-1', address: '127.0.0.1', port: server.port, seconds: 1.5 },
      });
      // The time that is usual, where nothing is said, is ten seconds.
      expect(performance.now() - began).toBeLessThan(9000);
    });

    it('when what answers does not speak SSH', async () => {
      const server = fixture.keep(await startSilentServer('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await expect(fixture.connecting(soon, elsewhere(server))).rejects.toMatchObject({
        code: 'SSH_NOT_AN_SSH_SERVER',
        params: { port: server.port },
      });
    });

    it('when sshd is too busy', async () => {
      const server = fixture.keep(await startSilentServer('Exceeded MaxStartups\r\n'));
      await expect(fixture.connecting(soon, elsewhere(server))).rejects.toMatchObject({
        code: 'SSH_CONNECTION_LOST',
        retryable: true,
      });
    });

    it('when the name has no address', async () => {
      await expect(
        fixture.connecting(soon, fixture.target(fixture.sshd, { address: 'no-such-host.invalid' })),
      ).rejects.toMatchObject({
        code: 'SSH_NAME_UNRESOLVED',
        params: { address: 'no-such-host.invalid' },
      });
    });

    it('when there is no route', async () => {
      // The kernel connects to no multicast address, and sends nothing to find that out.
      await expect(
        fixture.connecting(soon, fixture.target(fixture.sshd, { address: '224.0.0.1' })),
      ).rejects.toMatchObject({
        code: 'SSH_NO_ROUTE',
        params: { node: 'node-1', address: '224.0.0.1' },
      });
    });

    it('when it is interrupted on the way', async () => {
      const server = fixture.keep(await startSilentServer());
      const controller = new AbortController();
      const { transport: way, target: to } = fixture.place({ connectTimeoutMs: 20_000 }, elsewhere(server));
      const failing = expect(way.connect(to, controller.signal)).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' });
      setTimeout(() => controller.abort(), 200);
      const began = performance.now();
      await failing;
      expect(performance.now() - began).toBeLessThan(10_000);
    });
  });

  describe('that ends', () => {
    it('under a command is lost, and the node ends the script by itself', async () => {
      const server = await fixture.serveHere();
      const seconds = `9${Math.floor(Math.random() * 1e9)}`;
      const here = fixture.place(
        { knownHostsFiles: [fixture.file(`${server.knownHostsLine}\n`)] },
        fixture.target(server),
      );
      const running = ask(here, { script: 'echo begun; sleep "$1"', args: [seconds], timeoutMs: 8000 });
      const failed = expect(running).rejects.toMatchObject({
        code: 'SSH_CONNECTION_LOST',
        params: { node: 'node-1' },
        retryable: true,
      });
      await vi.waitFor(() => expect(fixture.host.node.processesWith(seconds)).toBeGreaterThan(0), {
        timeout: 7900,
        interval: 20,
      });
      server.dropConnections();
      await failed;
      expect(fixture.host.node.processesWith(seconds)).toBeGreaterThan(0);
      await vi.waitFor(() => expect(fixture.host.node.processesWith(seconds)).toBe(0), {
        timeout: 20_000,
        interval: 200,
      });
    });

    it('cannot be used any more', async () => {
      const { transport: way, target: to } = fixture.place();
      const connection = await way.connect(to, new AbortController().signal);
      await connection.close();
      const request = { script: 'echo', args: [], privilege: 'none', timeoutMs: 5000, maxOutputBytes: 100 } as const;
      await expect(connection.exec(request)).rejects.toMatchObject({ code: 'SSH_CONNECTION_LOST' });
    });
  });
}
