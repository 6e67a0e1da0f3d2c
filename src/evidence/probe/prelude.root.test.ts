import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { parseIdentity } from './identity.ts';
import { frameOf, factsOf, sentOf, shells, startProbe, textOf } from './testing/run-probe.ts';

let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
  root.run('useradd --create-home guest; echo "guest ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/guest');
});
afterEach(() => {
  // What one test left must not fail the next ones.
  root.run('pkill -KILL sleep; rm -rf /run/nodemend-* /dev/shm/nodemend-* /tmp/nodemend-[0-9a-f]*[0-9a-f] || :');
});
afterAll(async () => {
  await root.close();
});

/** Processes and folders that a probe left. The private root has a process namespace of its own. */
function leftovers(marker: string): string {
  return root.run(
    'ls -d /run/nodemend-* /dev/shm/nodemend-* /tmp/nodemend-"$1" 2>/dev/null; ps -eo args= | grep -E "^sleep|$1" | grep -v grep || :',
    marker,
  );
}

/** To the script itself: its subshells have the same arguments, but higher process ids. */
function signalProbe(signal: string, marker: string): void {
  root.run('kill -s "$1" "$(pgrep -f "sh $2" | sort -n | head -n 1)"', signal, marker);
}

/** Waits for the program itself: the arguments of the shell hold the script, and so its name. */
async function hanging(marker: string): Promise<void> {
  while (!leftovers(marker).split('\n').includes('sleep 311')) await sleep(20);
}

/** What is still left after half a minute: a watchdog looks once a second, and the machine has other work. */
async function settled(marker: string): Promise<string> {
  for (let count = 0; count < 300 && leftovers(marker) !== ''; count += 1) await sleep(100);
  return leftovers(marker);
}

describe.each(shells.map((shell) => ({ shell })))('the prelude under $shell', ({ shell }) => {
  const probe = (
    script: string,
    options: { readonly budget?: number; readonly enter?: readonly string[] } = {},
  ): ReturnType<typeof startProbe> =>
    startProbe([...root.enter, ...(options.enter ?? [])], shell, factsOf(script, []), options.budget);
  const run = (...args: Parameters<typeof probe>): ReturnType<typeof startProbe>['done'] => probe(...args).done;

  test('frames programs and functions, with exit codes, errors and bytes as they are', async () => {
    const result = await run(String.raw`
greeting=hello
demo_function() { echo "$greeting $1"; echo oh >&2; greeting=lost; return 3; }
section demo/function 3 100 demo_function 'two  words'
section demo/lost 3 100 demo_function ''
section demo/program 3 100 printf '\000\377\n\n'
section demo/stdin 3 100 cat
section demo/nothing 3 100 true`);

    expect(result.reply).toMatchObject({ started: true, complete: true });
    expect(result.exitCode).toBe(0);
    expect(frameOf(result, 'demo/function')).toMatchObject({ exitCode: 3, status: 'ended' });
    expect(textOf(result, 'demo/function')).toBe('hello two  words\n');
    expect(Buffer.from(frameOf(result, 'demo/function').errors).toString()).toBe('oh\n');
    expect(textOf(result, 'demo/lost')).toBe('hello \n');
    expect([...frameOf(result, 'demo/program').output]).toEqual([0, 255, 10, 10]);
    expect(textOf(result, 'demo/stdin')).toBe('');
    expect(frameOf(result, 'demo/nothing')).toMatchObject({ exitCode: 0, status: 'ended' });
  });

  test('says who the node is', async () => {
    const before = Date.now();
    const result = await run('');
    const identity = parseIdentity(textOf(result, 'nodemend/identity'));

    expect(identity).toMatchObject({
      uid: 0,
      hostname: root.run('cat /proc/sys/kernel/hostname').trim(),
      machineId: root.run('cat /etc/machine-id').trim(),
      bootId: root.run('cat /proc/sys/kernel/random/boot_id').trim(),
    });
    // busybox’s date knows whole seconds only, and is taken to be in the middle of one.
    expect(identity?.clockMs).toBeGreaterThan(before - 1000);
    expect(identity?.clockMs).toBeLessThanOrEqual(Date.now() + 500);
    expect(result.reply.endUptime).toBeGreaterThanOrEqual(identity?.uptime ?? Infinity);
  });

  test('caps output and errors, and marks only output that was cut', async () => {
    const result = await run(String.raw`
demo_errors() { head -c 10000 /dev/zero >&2; }
section demo/endless 5 1000 yes
section demo/exact 5 1000 head -c 1000 /dev/zero
section demo/over 5 1000 head -c 1001 /dev/zero
section demo/errors 5 100000 demo_errors`);

    expect(frameOf(result, 'demo/endless')).toMatchObject({ status: 'truncated' });
    expect(textOf(result, 'demo/endless')).toBe('y\n'.repeat(500));
    expect(frameOf(result, 'demo/exact')).toMatchObject({ status: 'ended', output: Buffer.alloc(1000) });
    expect(frameOf(result, 'demo/over')).toMatchObject({ status: 'truncated', output: Buffer.alloc(1000) });
    expect(frameOf(result, 'demo/errors')).toMatchObject({ status: 'ended', errors: Buffer.alloc(4096) });
    expect(result.reply.complete).toBe(true);
  });

  test('no file of a section grows over its cap, so a runaway cannot fill memory', async () => {
    const result = await run(
      'demo_fill() { yes >"$nm_scratch/demo-file"; wc -c <"$nm_scratch/demo-file"; }\nsection demo/fill 5 4096 demo_fill',
    );

    expect(Number(textOf(result, 'demo/fill'))).toBeLessThanOrEqual(2 * (4096 + 9 * 512));
  });

  test('a program that is missing costs its own section', async () => {
    const result = await run('section demo/missing 3 100 no-such-program\nsection demo/other 3 100 echo here');

    expect(frameOf(result, 'demo/missing')).toMatchObject({ exitCode: 127, status: 'ended' });
    expect(textOf(result, 'demo/other')).toBe('here\n');
  });

  test('a section that hangs is ended with all its children', async () => {
    const running = probe(
      String.raw`
demo_hang() { echo begun; sleep 300 & (sleep 301; :) | sleep 302; }
section demo/hang 2 100 demo_hang
section demo/last 3 100 echo late`,
      { budget: 60 },
    );
    const result = await running.done;

    expect(result.tookMs).toBeGreaterThan(1900);
    expect(frameOf(result, 'demo/hang')).toMatchObject({ status: 'timed-out' });
    expect(sentOf(result, 'demo/hang')).toBe('begun\n');
    // By its own limit: that of all sections together would have taken this one as well.
    expect(textOf(result, 'demo/last')).toBe('late\n');
    expect(result.tookMs).toBeLessThan(55_000);
    expect(result.reply.complete).toBe(true);
    expect(await settled(running.marker)).toBe('');
  });

  test('what was finished before a slow section is sent while it runs', async () => {
    // It runs until the one before it has arrived.
    const running = probe(
      String.raw`
demo_slow() { until [ -e /run/demo-arrived ]; do sleep 0.1; done; }
section demo/first 3 100 echo early
section demo/slow 40 100 demo_slow
section demo/last 3 100 echo late`,
      { budget: 50 },
    );
    running.child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('early')) root.run(': >/run/demo-arrived');
    });
    const result = await running.done;
    root.run('rm -f /run/demo-arrived');

    expect(frameOf(result, 'demo/slow')).toMatchObject({ status: 'ended', exitCode: 0 });
    expect(textOf(result, 'demo/last')).toBe('late\n');
  });

  test('a child that cannot be killed does not hold the others up', async () => {
    // As a login user: what sudo started belongs to root. On a sick node it is a process that waits for a dead disk.
    const running = probe('section demo/stuck 1 100 sudo -n sleep 30\nsection demo/last 3 100 echo late', {
      enter: ['setpriv', '--reuid=guest', '--regid=guest', '--clear-groups'],
    });
    const result = await running.done;

    expect(result.tookMs).toBeLessThan(20_000);
    expect(frameOf(result, 'demo/stuck').status).toBe('timed-out');
    expect(textOf(result, 'demo/last')).toBe('late\n');
    expect(parseIdentity(textOf(result, 'nodemend/identity'))?.uid).not.toBe(0);
    root.run('pkill -x -f "sleep 30"');
    expect(await settled(running.marker)).toBe('');
  });

  test('a section that ends in the moment of a wake-up has ended, with its own code', async () => {
    const [processor = ''] = /(?<=^Cpus_allowed_list:\s*)\d+/mu.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    const result = await run(
      `
ends_awake() { kill -USR1 "$$"; return 3; }
leaves_awake() { kill -USR1 "$$"; exit 4; }
for turn in 1 2 3 4 5 6 7 8 9 10; do
  section "demo/ends-$turn" 3 100 ends_awake
  section "demo/leaves-$turn" 3 100 leaves_awake
done`,
      // On one processor the script goes on when both have happened.
      { enter: ['taskset', '--cpu-list', processor] },
    );
    const told = [...result.reply.sections.values()].filter(({ name }) => name.startsWith('demo/'));
    expect(told).toHaveLength(20);
    const ways = told.map(({ name, status, exitCode }) => `${name.replace(/-.*/u, '')} ${status} ${exitCode}`);
    expect([...new Set(ways)].toSorted()).toEqual(['demo/ends ended 3', 'demo/leaves ended 4']);
  }, 120_000);

  test('the time of all sections together is limited', async () => {
    const running = probe(
      'section demo/a 60 100 sleep 200\nsection demo/b 9 100 echo never\nsection demo/c 9 100 echo never',
      {
        budget: 2,
      },
    );
    const result = await running.done;

    expect(result.tookMs).toBeLessThan(30_000);
    expect(['a', 'b', 'c'].map((name) => frameOf(result, `demo/${name}`).status)).toEqual([
      'timed-out',
      'timed-out',
      'timed-out',
    ]);
    expect(sentOf(result, 'demo/b')).toBe('');
    expect(result.reply.complete).toBe(true);
    expect(await settled(running.marker)).toBe('');
  });

  test('runs at low priority, with a fixed environment', async () => {
    const result = await run(
      'section demo/nice 3 100 nice\nsection demo/env 3 10000 env\nsection demo/mask 3 100 umask\n' +
        'demo_io() { ionice -p "$$"; }\nsection demo/io 3 100 demo_io',
      { enter: ['env', 'PATH=/sbin:/usr/bin:/bin', 'LC_ALL=ko_KR.UTF-8', 'TMPDIR=/nowhere', 'CDPATH=/etc', 'IFS=x'] },
    );

    expect(textOf(result, 'demo/nice')).toBe('10\n');
    expect(textOf(result, 'demo/io')).toBe('idle\n');
    expect(textOf(result, 'demo/mask')).toBe('0077\n');
    const environment = textOf(result, 'demo/env').split('\n');
    expect(environment).toContain('LC_ALL=C');
    expect(environment).toContain('PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin');
    expect(environment.filter((line) => /^(TMPDIR|CDPATH|IFS)=/.test(line))).toEqual([]);
  });

  test.each(['TERM', 'HUP'])('SIG%s in the middle leaves nothing behind', async (signal) => {
    const running = probe('demo_hang() { sleep 310 & sleep 311; }\nsection demo/hang 60 100 demo_hang', { budget: 60 });
    await hanging(running.marker);
    signalProbe(signal, running.marker);
    const result = await running.done;

    expect(result.exitCode).toBeGreaterThan(128);
    expect(await settled(running.marker)).toBe('');
  });

  test.each(['KILL', 'INT'])('its watchdog clears up after SIG%s', async (signal) => {
    const running = probe('demo_hang() { sleep 310 & sleep 311; }\nsection demo/hang 60 100 demo_hang', { budget: 60 });
    await hanging(running.marker);
    signalProbe(signal, running.marker);
    await running.done;

    expect(await settled(running.marker)).toBe('');
  });

  test('ends when nobody reads any more', async () => {
    const running = probe(
      'section demo/first 3 100 echo early\nsection demo/hang 60 100 sleep 311\nsection demo/last 3 100 echo late',
      { budget: 60 },
    );
    await hanging(running.marker);
    running.child.stdout?.destroy();

    expect(await settled(running.marker)).toBe('');
  });

  const mounts = (script: string): readonly string[] => [
    'unshare',
    '--mount',
    'sh',
    '-c',
    `${script}; exec "$@"`,
    'sh',
  ];

  test('takes the first scratch folder that has room', async () => {
    const enter = mounts(
      'mount -t tmpfs -o ro none /run; mount -t tmpfs -o size=4k none /dev/shm; : >/dev/shm/inode; head -c 4096 /dev/zero >/dev/shm/full',
    );
    const result = await run('demo_where() { echo "$nm_scratch"; }\nsection demo/where 3 100 demo_where', { enter });

    expect(textOf(result, 'demo/where')).toMatch(/^\/tmp\/nodemend-[0-9a-f]{32}\n$/);
  });

  test('without any scratch folder the sections are unknown, not the node', async () => {
    const enter = mounts('for at in /run /dev/shm /tmp; do mount -t tmpfs -o ro none "$at"; done');
    const result = await run('section demo/other 3 100 echo here', { enter });

    expect(result.reply).toMatchObject({ started: true, complete: true });
    expect(frameOf(result, 'demo/other').status).toBe('no-scratch');
    expect(parseIdentity(textOf(result, 'nodemend/identity'))?.machineId).toBe(root.run('cat /etc/machine-id').trim());
  });

  test('a section that fills the scratch folder is unknown, the next ones are not', async () => {
    const enter = mounts('mount -t tmpfs -o size=128k none /run');
    const result = await run(
      'section demo/large 3 1000000 head -c 500000 /dev/zero\nsection demo/small 3 100 echo here',
      {
        enter,
      },
    );

    expect(frameOf(result, 'demo/large')).toMatchObject({ status: 'scratch-full' });
    expect(textOf(result, 'demo/large')).toBe('');
    expect(textOf(result, 'demo/small')).toBe('here\n');
    expect(result.reply.complete).toBe(true);
  });

  test('an early exit of a probe is seen: no last frame', async () => {
    const result = await run('section demo/first 3 100 echo early\nexit 4');

    expect(result.exitCode).toBe(4);
    expect(result.reply).toMatchObject({ started: true, complete: false });
  });
});

test('a section that found the scratch folder full is unknown, even where others were sent since, which makes room', async () => {
  const script = 'mount -t tmpfs -o size=128k none /run; exec "$@"';
  const fill = 'head -c 500000 /dev/zero; until [ -s "$nm_scratch/heads" ]; do sleep 0.1; done';
  const result = await startProbe(
    [...root.enter, 'unshare', '--mount', 'sh', '-c', script, 'sh'],
    ['dash'],
    factsOf(
      `demo_fill() { ${fill}; }\nsection demo/first 3 100 echo early\nsection demo/large 9 1000000 demo_fill`,
      [],
    ),
  ).done;

  expect(textOf(result, 'demo/first')).toBe('early\n');
  expect(frameOf(result, 'demo/large')).toMatchObject({ status: 'scratch-full', output: Buffer.alloc(0) });
  expect(result.reply.complete).toBe(true);
});
