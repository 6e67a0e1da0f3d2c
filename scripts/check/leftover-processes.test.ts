import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { leftoverProcesses } from './leftover-processes.ts';

it('finds a process by its mark while it runs, and not after', async () => {
  const child = spawn('sleep', ['60'], { env: { ...process.env, NODEMEND_CHECK_TEST: 'one' } });
  await once(child, 'spawn');

  expect(leftoverProcesses('NODEMEND_CHECK_TEST', 'one')).toEqual([`${child.pid} sleep 60`]);
  expect(leftoverProcesses('NODEMEND_CHECK_TEST', 'on')).toEqual([]);

  child.kill('SIGKILL');
  await once(child, 'close');
  expect(leftoverProcesses('NODEMEND_CHECK_TEST', 'one')).toEqual([]);
});
