import { expect, test } from 'vitest';
import type { RunningNode } from '../node/boot-node.ts';
import type { NodeEnd, NodeHappening } from './node-events.ts';
import { PowerSupply } from './power-supply.ts';

/** A node that boots at once and ends when the test says so. */
class Bench {
  readonly happened: NodeHappening[] = [];
  readonly bootsAfter: (NodeEnd | undefined)[] = [];
  /** Reasons why the next boots fail. */
  readonly failures: string[] = [];
  end: (how: NodeEnd) => void = () => undefined;
  readonly supply = new PowerSupply({
    name: 'n',
    pauseAfterFailureMs: 50,
    boot: (after) => this.#boot(after),
    note: (happening) => this.happened.push(happening),
  });

  async #boot(after: NodeEnd | undefined): Promise<RunningNode> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw new Error(failure);
    this.bootsAfter.push(after);
    const { promise, resolve } = Promise.withResolvers<NodeEnd>();
    this.end = resolve;
    return { bootId: `boot ${this.bootsAfter.length}`, ended: promise, init: 1, kill: () => resolve('power cut') };
  }

  get words(): readonly string[] {
    return this.happened.map((each) => (each.event === 'ended' ? each.how : each.event));
  }

  async settled(count: number): Promise<readonly string[]> {
    await expect.poll(() => this.words.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
    return this.words;
  }
}

async function started(): Promise<Bench> {
  const bench = new Bench();
  await bench.supply.turnOn();
  return bench;
}

test('after a reboot and after a power cut it starts by itself, and the boot is told which', async () => {
  const bench = await started();
  bench.end('reboot');
  expect(await bench.settled(3)).toEqual(['booted', 'reboot', 'booted']);
  await bench.supply.cut();
  expect(await bench.settled(5)).toEqual(['booted', 'reboot', 'booted', 'power cut', 'booted']);
  expect(bench.bootsAfter).toEqual([undefined, 'reboot', 'power cut']);
});

test('after a poweroff it stays off until it is started, whatever its delay', async () => {
  const bench = await started();
  bench.end('poweroff');
  await bench.settled(2);
  await expect(bench.supply.cut()).rejects.toThrow('n is off');
  bench.supply.setDelay(0);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(bench.words).toEqual(['booted', 'poweroff', 'boot delay']);
  await bench.supply.start();
  expect(bench.words.at(-1)).toBe('booted');
  await expect(bench.supply.start()).rejects.toThrow('n is running');
});

test('a start that never comes is one that comes when the delay is taken away', async () => {
  const bench = await started();
  bench.supply.setDelay('never');
  bench.end('reboot');
  await bench.settled(3);
  bench.supply.setDelay(3600);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(bench.words).toEqual(['booted', 'boot delay', 'reboot', 'boot delay']);
  bench.supply.setDelay(0);
  expect((await bench.settled(6)).at(-1)).toBe('booted');
});

test('a delay holds a start back by so much', async () => {
  const bench = await started();
  bench.supply.setDelay(1);
  const endedAt = performance.now();
  bench.end('reboot');
  await bench.settled(4);
  expect(performance.now() - endedAt).toBeGreaterThan(1000);
});

test('one that does not boot is tried again, and then waits for somebody', async () => {
  const bench = await started();
  bench.failures.push('no disk');
  bench.end('reboot');
  expect(await bench.settled(4)).toEqual(['booted', 'reboot', 'not booted', 'booted']);
  bench.failures.push('one', 'two', 'three', 'four');
  bench.end('reboot');
  await bench.settled(8);
  await expect(bench.supply.start()).rejects.toThrow('four');
  await bench.supply.start();
  expect(bench.words.slice(4)).toEqual(['reboot', 'not booted', 'not booted', 'not booted', 'not booted', 'booted']);
});

test('the first boot has to work', async () => {
  const bench = new Bench();
  bench.failures.push('no kernel');
  await expect(bench.supply.turnOn()).rejects.toThrow('no kernel');
  expect(bench.happened).toEqual([{ event: 'not booted', reason: 'no kernel' }]);
});
