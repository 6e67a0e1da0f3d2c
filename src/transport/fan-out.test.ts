import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { NodemendError } from '../errors/nodemend-error.ts';
import { fanOut, fanOutLimits, type FanOutOptions } from './fan-out.ts';
import type { ProgressReport } from './progress.ts';
import type { NodeConnection, NodeTarget, Transport } from './transport.ts';

const targets = (count: number): readonly NodeTarget[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `node-${index}`,
    address: `10.0.0.${index}`,
    identityFiles: [],
  }));

interface Counts {
  connecting: number;
  open: number;
  mostConnecting: number;
  mostOpen: number;
}

/** A fake: it opens nothing, and counts. Its connections take a moment; nodes whose address is in `dead` refuse. */
function fakeTransport(dead: ReadonlySet<string> = new Set()): {
  readonly transport: Transport;
  readonly counts: Counts;
} {
  const counts: Counts = { connecting: 0, open: 0, mostConnecting: 0, mostOpen: 0 };
  const connect = async (target: NodeTarget): Promise<NodeConnection> => {
    counts.mostConnecting = Math.max(counts.mostConnecting, (counts.connecting += 1));
    await sleep(2);
    counts.connecting -= 1;
    if (dead.has(target.address))
      throw new NodemendError('SSH_REFUSED', { node: target.name, address: target.address, port: 22 });
    counts.mostOpen = Math.max(counts.mostOpen, (counts.open += 1));
    const close = async (): Promise<void> => {
      await sleep(1);
      counts.open -= 1;
    };
    return {
      node: target.name,
      kind: 'ssh',
      user: 'root',
      hostKey: undefined,
      exec: () => Promise.reject(new RangeError('not used')),
      close,
    };
  };
  return { transport: { kind: 'ssh', connect, close: () => Promise.resolve() }, counts };
}

const options: FanOutOptions = { limits: { handshakes: 4, nodes: 10 }, signal: new AbortController().signal };

describe('fan-out', () => {
  it('visits every node, in no more at once than the limits, and keeps the order', async () => {
    const { transport, counts } = fakeTransport();
    const results = await fanOut(
      transport,
      targets(60),
      async ({ node }) => {
        await sleep(5);
        return node;
      },
      options,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(
      targets(60).map(({ name }) => ({ state: 'done', value: name })),
    );
    expect(counts).toEqual({ connecting: 0, open: 0, mostConnecting: 4, mostOpen: expect.any(Number) as number });
    expect(counts.mostOpen).toBeLessThanOrEqual(10);
  });

  it('keeps what happens on one node from the others', async () => {
    const { transport, counts } = fakeTransport(new Set(['10.0.0.1']));
    const results = await fanOut(
      transport,
      targets(4),
      ({ node }) => {
        if (node === 'node-2') return Promise.reject(new RangeError('a mistake of ours'));
        return Promise.resolve(node);
      },
      options,
    );
    expect(results.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'done', value: 'node-0' },
      { state: 'failed', error: { code: 'SSH_REFUSED' } },
      { state: 'failed', error: { code: 'INTERNAL', params: { problem: 'a mistake of ours' } } },
      { state: 'done', value: 'node-3' },
    ]);
    expect(counts.open).toBe(0);
  });

  it('keeps what arrived when it is interrupted', async () => {
    const { transport, counts } = fakeTransport();
    const controller = new AbortController();
    let visited = 0;
    const results = await fanOut(
      transport,
      targets(50),
      async ({ node }) => {
        if ((visited += 1) === 12) controller.abort();
        await sleep(1);
        if (controller.signal.aborted) throw new NodemendError('COMMAND_INTERRUPTED', { node });
        return node;
      },
      { ...options, signal: controller.signal },
    );
    const states = results.map(({ outcome }) => outcome.state);
    expect(results.length).toBe(50);
    expect(states.filter((state) => state === 'done').length).toBeGreaterThan(0);
    expect(states.filter((state) => state === 'failed')).toEqual([]);
    expect(visited).toBeLessThan(50);
    expect(counts.open).toBe(0);
  });

  it('tells how far it is, and who takes longest', async () => {
    const { transport } = fakeTransport();
    const reports: ProgressReport[] = [];
    const onProgress = (report: ProgressReport): void => void reports.push(report);
    const results = await fanOut(
      transport,
      targets(5),
      async ({ node }) => {
        await sleep(node === 'node-3' ? 1300 : 1);
        return node;
      },
      { ...options, onProgress },
    );
    expect(results.length).toBe(5);
    expect(reports.map(({ done }) => done)).toEqual([1, 2, 3, 4, 4, 5]);
    // The second 4 is the clock's.
    expect(reports[4]).toEqual({ done: 4, total: 5, slowest: ['node-3'] });
    expect(reports.at(-1)).toEqual({ done: 5, total: 5, slowest: [] });
  });

  it('does nothing for nobody', async () => {
    await expect(fanOut(fakeTransport().transport, [], () => Promise.resolve(1), options)).resolves.toEqual([]);
  });
});

describe('the limits of a fan-out', () => {
  it('are the usual ones where descriptors allow', () => {
    expect(fanOutLimits('ssh', 1024, 40)).toEqual({ handshakes: 64, nodes: 256 });
  });

  it('are smaller, and say why, where they do not', () => {
    expect(fanOutLimits('system-ssh', 256, 40)).toEqual({ handshakes: 38, nodes: 38, reducedBy: 256 });
    expect(fanOutLimits('ssh', 256, 40)).toEqual({ handshakes: 64, nodes: 152, reducedBy: 256 });
  });
});
