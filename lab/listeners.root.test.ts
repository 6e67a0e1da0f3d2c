import { join } from 'node:path';
import { expect, test } from 'vitest';
import { daemonFromSources } from './daemon-command.ts';
import { runProgram } from './node-root/run-program.ts';

async function listenWith(...takenPorts: readonly number[]): Promise<string> {
  const { program, args } = daemonFromSources();
  const driver = [
    program,
    ...args.slice(0, -1),
    join(import.meta.dirname, 'testing', 'listen-driver.ts'),
    ...takenPorts.map(String),
  ];
  const { stdout, stderr } = await runProgram('unshare', [
    '--net',
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
    ...driver,
  ]);
  return stdout || stderr;
}

test('each lab gets the next loopback network, with the usual ports', async () => {
  expect(await listenWith()).toBe('77 6443 2222 3\n78 6443 2222 300\n');
});

test('ports that are taken on every address are gone round', async () => {
  expect(await listenWith(6443, 2222)).toBe('77 16443 12222 3\n78 16443 12222 300\n');
});

test('when all are taken, that is said', async () => {
  expect(await listenWith(2222, 12222, 22222)).toBe('LAB_NO_ADDRESSES');
});
