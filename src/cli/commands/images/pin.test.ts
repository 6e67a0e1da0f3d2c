import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../test/free-port.ts';
import { runInProcess, type CommandEnd } from '../../testing/run-in-process.ts';

/** Nobody listens there. */
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-images-pin-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'hosts'), `worker-1 127.0.0.1 port=${await freePort()} user=nobody\n`);
});

function pin(...words: readonly string[]): Promise<CommandEnd> {
  const environment = { HOME: folder, XDG_STATE_HOME: join(folder, 'state'), KUBECONFIG: join(folder, 'nowhere') };
  return runInProcess(['images', 'pin', ...words], { environment, workingFolder: folder });
}

test('what is not a reference is told before anything is asked', async () => {
  expect(await pin('--hosts', 'hosts', 'registry.k8s.io/PAUSE:3.6')).toMatchObject({
    error: { code: 'USAGE', exitCode: 2, params: { context: 'imageName', value: 'registry.k8s.io/PAUSE:3.6' } },
  });
});

test('a node that nobody reached is not pinned on, and said to be unknown', async () => {
  const end = await pin('--hosts', 'hosts', 'registry.k8s.io/pause:3.6', '--yes');

  expect(end).toMatchObject({ error: undefined, code: 8 });
  expect(end.data).toContain('1 node could not be checked and is not part of the plan: worker-1');
});
