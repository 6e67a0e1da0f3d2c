import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ownProcess } from '../../engine/journal/process-identity.ts';
import { lockHolder, withRunLock } from './run-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-run-lock-'));
const lock = join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('one at a time; it is given back, also by work that fails', async () => {
  await withRunLock(lock, 'night', async () => {
    expect(await lockHolder(lock)).toBe(process.pid);
    await expect(withRunLock(lock, 'night', () => Promise.resolve('ran'))).rejects.toMatchObject({
      code: 'SCHEDULE_RUNNING',
      exitCode: 8,
      params: { name: 'night', pid: process.pid },
    });
  });
  await expect(withRunLock(lock, 'night', () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
  expect(await withRunLock(lock, 'night', () => Promise.resolve('ran'))).toBe('ran');
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a process that is gone', JSON.stringify({ ...ownProcess(), start: '1' })],
  ['the boot before this one', JSON.stringify({ ...ownProcess(), boot: 'before' })],
  ['a disk that was full', ''],
])('what %s left behind holds nobody up', async (_who, left) => {
  writeFileSync(lock, left);
  expect(await lockHolder(lock)).toBeUndefined();
  expect(await withRunLock(lock, 'night', () => Promise.resolve('ran'))).toBe('ran');
  expect(existsSync(lock)).toBe(false);
});
