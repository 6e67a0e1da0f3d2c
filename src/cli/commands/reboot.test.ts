import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

/** Nobody listens there. */
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-reboot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'hosts'), `worker-1 127.0.0.1 port=${await freePort()} user=nobody\n`);
});

function reboot(...words: readonly string[]): Promise<CommandEnd> {
  const environment = { HOME: folder, XDG_STATE_HOME: join(folder, 'state'), KUBECONFIG: join(folder, 'nowhere') };
  return runInProcess(['reboot', ...words], { environment, workingFolder: folder });
}

test('which nodes has to be said', async () => {
  expect(await reboot('--hosts', 'hosts')).toMatchObject({
    error: { code: 'USAGE', exitCode: 2, params: { context: 'oneOf', typed: '--selector, --nodes, --node-group' } },
  });
});

test.each([[''], [' '], ['two\nlines'], ['\u001b[31mred'], ['x'.repeat(201)]])('%j is no reason', async (reason) => {
  expect(await reboot('--nodes', 'worker-1', '--reason', reason)).toMatchObject({
    error: { code: 'USAGE', params: { context: 'reason' } },
  });
});

test('a node that nobody reached is not rebooted, and said to be unknown: nothing is asked', async () => {
  const end = await reboot('--hosts', 'hosts', '--nodes', 'worker-1', '--if-required', '--allow', 'reboot');

  expect(end).toMatchObject({ error: undefined, code: 8 });
  expect(end.data).toContain('1 node could not be checked and is not part of the plan: worker-1');
  expect(end.data).toContain('It is unknown whether anything must change.');
});
