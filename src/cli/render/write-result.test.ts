import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';
import { writeResult } from './write-result.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-out-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test.each([undefined, '-'])('without a file (%s) it is data', async (out) => {
  const recorded = recordedOutput();

  await writeResult('found\n', out, contextIn({ workingFolder: folder }, recorded.output));

  expect(recorded.data()).toBe('found\n');
  expect(await readdir(folder)).toEqual([]);
});

test('a file in the working folder, for its owner only, and nothing on the terminal', async () => {
  const recorded = recordedOutput();
  await writeFile(join(folder, 'findings.json'), 'older and longer than what comes\n', { mode: 0o644 });

  await writeResult('found\n', 'findings.json', contextIn({ workingFolder: folder }, recorded.output));

  expect(await readFile(join(folder, 'findings.json'), 'utf8')).toBe('found\n');
  expect((await stat(join(folder, 'findings.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['findings.json']);
  expect(recorded.data()).toBe('');
});

test('what cannot be written leaves the old file and no other', async () => {
  const context = contextIn({ workingFolder: folder }, recordedOutput().output);
  await mkdir(join(folder, 'taken'));

  await expect(writeResult('found\n', 'taken', context)).rejects.toMatchObject({
    code: 'OUTPUT_NOT_WRITTEN',
    exitCode: 2,
    params: { path: join(folder, 'taken') },
  });
  await expect(writeResult('found\n', 'nowhere/file', context)).rejects.toMatchObject({
    code: 'OUTPUT_NOT_WRITTEN',
    params: { path: join(folder, 'nowhere/file'), fault: 'ENOENT' },
  });
  expect(await readdir(folder)).toEqual(['taken']);
});
