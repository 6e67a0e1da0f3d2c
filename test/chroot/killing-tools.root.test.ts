import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChrootNode } from './chroot-node.ts';
import { KillingTools } from './killing-tools.ts';

let node: ChrootNode;
let tools: KillingTools;
beforeAll(() => {
  node = new ChrootNode('worker-1', 'dash');
  tools = new KillingTools(node);
});
afterAll(() => node.remove());

/** Programs that start at the same moment, which is when two may take one number. */
const script = `${Array.from({ length: 20 }, () => 'id -u').join(' & ')} & wait; echo through`;

it('gives each program a number of its own, so that each can be the one that kills', { timeout: 60_000 }, async () => {
  const connection = node.connect();
  const run = (): Promise<string> =>
    connection
      .exec({ script, args: [], privilege: 'root', timeoutMs: 20_000, maxOutputBytes: 10_000 })
      .then(({ stdout }) => Buffer.from(stdout).toString(), String);
  tools.arm({ at: 0, when: 'before' });
  expect(await run()).toContain('through');
  tools.disarm();
  const calls = tools.calls();
  expect([calls, tools.hasKilled()]).toEqual([Array.from({ length: 20 }, () => 'id'), false]);

  for (let at = 1; at <= calls.length; at += 1)
    for (const when of ['before', 'after'] as const) {
      tools.arm({ at, when });
      expect(await run(), `${when} ${at}`).not.toContain('through');
      tools.disarm();
      expect(tools.hasKilled(), `${when} ${at}`).toBe(true);
    }
});

it('counts the calls of one program, and lets the others be', { timeout: 60_000 }, async () => {
  const call = { args: [], privilege: 'root', timeoutMs: 20_000, maxOutputBytes: 10_000 } as const;
  const script = 'echo 1; id -u >/tmp/id; echo 2; cat /tmp/id >/tmp/cat; echo 3; id -u >/tmp/id; echo through';
  const run = async (): Promise<readonly string[]> => {
    const { stdout } = await node.connect().exec({ ...call, script });
    tools.disarm();
    return Buffer.from(stdout).toString().trimEnd().split('\n');
  };
  tools.arm({ program: 'id', at: 3, when: 'before' });
  expect([await run(), tools.calls(), tools.hasKilled()]).toEqual([['1', '2', '3', 'through'], ['id', 'id'], false]);
  for (const when of ['before', 'after'] as const)
    for (const [program, at, last] of [
      ['id', 1, '1'],
      ['cat', 1, '2'],
      ['id', 2, '3'],
    ] as const) {
      tools.arm({ program, at, when });
      expect([(await run()).at(-1), tools.hasKilled()], `${when} ${program} ${at}`).toEqual([last, true]);
    }
});

it('does not take for its own what a program does that outlived its script', { timeout: 60_000 }, async () => {
  const call = { args: [], privilege: 'root', timeoutMs: 20_000, maxOutputBytes: 10_000 } as const;
  tools.arm({ at: 1, when: 'after' });
  await node.connect().exec({ ...call, script: 'sleep 1 >/dev/null 2>&1 & ' });
  tools.disarm();
  tools.arm({ at: 0, when: 'before' });
  await new Promise((resolve) => {
    setTimeout(resolve, 1500);
  });
  expect(tools.hasKilled()).toBe(false);
  tools.disarm();
});

it('is armed anew while programs of a script before come and go', { timeout: 60_000 }, async () => {
  const script = 'while [ ! -e /tmp/over ]; do id -u >/dev/null; done';
  const call = { args: [], privilege: 'root', timeoutMs: 50_000, maxOutputBytes: 10_000 } as const;
  tools.arm({ at: 0, when: 'before' });
  const outliving = Array.from({ length: 3 }, () => node.connect().exec({ ...call, script }));
  try {
    for (let round = 0; round < 500; round += 1) {
      tools.arm({ at: 0, when: 'before' });
      if (round % 10 === 0) await new Promise(setImmediate);
      expect(tools.hasKilled()).toBe(false);
    }
  } finally {
    writeFileSync(node.path('tmp/over'), '');
    await Promise.all(outliving);
    tools.disarm();
  }
});
