import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startDaemon } from './daemon.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-daemon-'));
});
afterEach(() => rm(folder, { recursive: true }));

const start = (script: string) =>
  startDaemon({ name: 'test', program: '/bin/sh', args: ['-c', script], logFile: join(folder, 'log') });

test('one that ends by itself says how, with the end of its log', async () => {
  await expect(start('echo "no such flag" >&2; exit 3').ended).rejects.toThrow(
    /test ended by itself \(exit 3\):\nno such flag/,
  );
});

test('one that is stopped has ended', async () => {
  const daemon = start('echo $$; exec sleep 60');
  const pid = await vi.waitUntil(async () => Number(await readFile(join(folder, 'log'), 'utf8')), {
    timeout: 10_000,
  });
  await daemon.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('one that is kept is started again when it is killed, and not after it was stopped', async () => {
  const daemon = start('echo $$; exec sleep 60');
  daemon.keepRunning();
  const pids = async (): Promise<readonly number[]> =>
    (await readFile(join(folder, 'log'), 'utf8'))
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  const [first = 0] = await vi.waitUntil(async () => ((await pids()).length === 1 ? pids() : undefined), {
    timeout: 10_000,
  });
  process.kill(first, 'SIGKILL');
  const [, second = 0] = await vi.waitUntil(async () => ((await pids()).length === 2 ? pids() : undefined), {
    timeout: 10_000,
  });
  await daemon.stop();
  expect(() => process.kill(second, 0)).toThrow('ESRCH');
  expect(await pids()).toHaveLength(2);
}, 40_000);

test('nothing is left when its starter is killed', async () => {
  const starter = join(folder, 'starter.ts');
  const log = join(folder, 'log');
  await writeFile(
    starter,
    `
    import { startDaemon } from ${JSON.stringify(join(import.meta.dirname, 'daemon.ts'))};
    startDaemon({ name: 'test', program: '/bin/sh', args: ['-c', 'echo $$; exec sleep 60'], logFile: ${JSON.stringify(log)} });
    setInterval(() => undefined, 1000);
  `,
  );
  const child = fork(starter);
  const pid = await vi.waitUntil(async () => Number(await readFile(log, 'utf8').catch(() => '')), { timeout: 10_000 });
  expect(process.kill(pid, 0)).toBe(true);
  child.kill('SIGKILL');
  await vi.waitUntil(
    () => {
      try {
        return !process.kill(pid, 0);
      } catch {
        return true;
      }
    },
    { timeout: 15_000 },
  );
}, 40_000);
