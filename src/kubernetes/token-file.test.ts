import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from './testing/caught.ts';
import { systemTiming } from './timing.ts';
import { tokenFileCredentials } from './token-file.ts';

let folder: string;
let file: string;
let now: number;
const timing = { ...systemTiming, monotonicMs: () => now };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-token-'));
  file = join(folder, 'token');
  now = 0;
});
afterEach(() => rm(folder, { recursive: true }));

test('is read again after a minute, and at once after a 401', async () => {
  const { current, reject } = tokenFileCredentials(file, undefined, timing);
  await writeFile(file, 'one\n');
  expect(await current()).toEqual({ token: 'one' });
  await writeFile(file, 'two\n');
  now = 59_999;
  expect(await current()).toEqual({ token: 'one' });
  now = 60_000;
  expect(await current()).toEqual({ token: 'two' });
  await writeFile(file, 'three\n');
  expect(reject({ token: 'two' })).toBe(true);
  expect(await current()).toEqual({ token: 'three' });
});

test('keeps the last good token while the file cannot be read, and falls back to the kubeconfig’s', async () => {
  const { current } = tokenFileCredentials(file, 'from-kubeconfig', timing);
  expect(await current()).toEqual({ token: 'from-kubeconfig' });
  await writeFile(file, 'one');
  now += 60_000;
  await current();
  await rm(file);
  now += 60_000;
  expect(await current()).toEqual({ token: 'one' });
});

test('with nothing to fall back to, a missing or empty file is an error', async () => {
  const { current } = tokenFileCredentials(file, undefined, timing);
  expect(await caught(current())).toMatchObject({
    code: 'KUBECONFIG_FILE_UNREADABLE',
    params: { file, field: 'tokenFile', problem: 'ENOENT' },
  });
  await writeFile(file, ' \n');
  expect(await caught(current())).toMatchObject({
    code: 'KUBECONFIG_FILE_UNREADABLE',
    params: { problem: 'it is empty' },
  });
});
