import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import lifelineScript from './lifeline.sh?raw';
import podMain from './pod-main.sh?raw';
import runOnHost from './run-on-host.sh?raw';
import { withoutComments } from './without-comments.ts';

/** A private root that has what a pod has: a folder of its own, and a root of a node. */
let pod: PrivateRoot;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  pod = await createPrivateRoot();
  pod.run('mkdir /nodemend /host && mount --rbind / /host');
});
afterAll(() => pod?.close());
beforeEach(() => void pod.run('rm -f /nodemend/*'));
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

const shells = { dash: ['dash'], bash: ['bash'], busybox: ['busybox', 'sh'] } as const;

describe.each(['dash', 'bash', 'busybox'] as const)('in a pod whose sh is %s', (shell) => {
  function start(script: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
    const [program = '', ...before] = pod.enter;
    const child = spawn(program, [...before, ...shells[shell], '-c', script, 'nodemend', ...args]);
    // What has ended reads no more.
    child.stdin.on('error', () => undefined);
    running.push(child);
    return child;
  }
  const main = (silence: string): ChildProcessWithoutNullStreams => start(podMain, silence);
  const lives = (child: ChildProcessWithoutNullStreams): boolean =>
    child.exitCode === null && child.signalCode === null;
  const untilEnd = async (child: ChildProcessWithoutNullStreams): Promise<unknown> =>
    lives(child) ? (await once(child, 'exit'))[0] : child.exitCode;

  it('the main process ends when nobody comes', async () => {
    expect(await untilEnd(main('2'))).toBe(0);
  });

  it('it lives while it is fed, and ends with what feeds it', async () => {
    const child = main('3');
    const lifeline = start(withoutComments(lifelineScript));
    expect(String((await once(lifeline.stdout, 'data'))[0])).toBe('ready\n');
    const feeding = setInterval(() => lifeline.stdin.write('\n'), 500);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(lives(child)).toBe(true);
    clearInterval(feeding);
    lifeline.stdin.end();
    expect(await untilEnd(child)).toBe(0);
    expect(await untilEnd(lifeline)).toBe(0);
  });

  it('it waits for a script under way, not for one that is dead', async () => {
    pod.run(
      'echo 999999999 >/nodemend/script-dead; : >/nodemend/script-empty; sleep 1000 >/dev/null 2>&1 & echo "$!" >/nodemend/script-alive',
    );
    const child = main('1000');
    pod.run(': >/nodemend/end');
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(lives(child)).toBe(true);
    pod.run('read -r pid </nodemend/script-alive; kill -KILL "$pid"');
    expect(await untilEnd(child)).toBe(0);
  });

  it('it ends when it is told to', async () => {
    const child = main('1000');
    const pid = await firstPid('nodemend 1000');
    // Once it sleeps it has said what it does about the signal.
    pod.run(`until pgrep -P ${pid} sleep >/dev/null; do sleep 0.05; done; kill -TERM ${pid}`);
    expect(await untilEnd(child)).toBe(0);
  });

  async function firstPid(text: string): Promise<string> {
    for (;;) {
      const [pid] = pod.run(`pgrep -f '${text}$' || :`).split('\n');
      if (pid) return pid;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<readonly [string, unknown]> {
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    const [code] = (await once(child, 'close')) as [number];
    return [Buffer.concat(pieces).toString(), code];
  }

  it('a command gets its input’s end although the connection stays', async () => {
    const child = start(withoutComments(runOnHost), 'a', '5', 'cat; exit 7');
    child.stdin.write('12345what is not its own');
    expect(await outcomeOf(child)).toEqual(['12345', 7]);
    expect(pod.run('ls -A /nodemend')).toBe('');
  });

  it('a command is known while it runs', async () => {
    const child = start(
      withoutComments(runOnHost),
      'b',
      '0',
      'read -r pid </nodemend/script-b; kill -0 "$pid" && echo known',
    );
    expect(await outcomeOf(child)).toEqual(['known\n', 0]);
  });

  it('what a command does not read of its input is read until the other side hangs up', async () => {
    const input = Buffer.alloc(1 << 20, 'x');
    const child = start(withoutComments(runOnHost), 'c', String(input.length), 'echo done; exit 3');
    const written = new Promise<void>((resolve) => child.stdin.write(input, () => resolve()));
    await written;
    expect(lives(child)).toBe(true);
    child.stdin.end();
    expect(await outcomeOf(child)).toEqual(['done\n', 3]);
    expect(pod.run('ls -A /nodemend')).toBe('');
  });
});
