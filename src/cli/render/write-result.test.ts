import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';
import { createOutput, type OutputStream } from './output.ts';
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

test('the next piece is made when the one before was taken, and none for a reader that left', async () => {
  const done: (() => void)[] = [];
  let taken = '';
  const stream: OutputStream = {
    write: (text, written) => {
      if (text === 'second\n') throw Object.assign(new Error('gone'), { code: 'EPIPE' });
      taken += text;
      if (written) done.push(written);
    },
    on: () => undefined,
  };
  const made: string[] = [];
  const pieces = function* (): Generator<string> {
    for (const piece of ['first\n', 'second\n', 'third\n']) {
      made.push(piece);
      yield piece;
    }
  };

  const writing = writeResult(pieces(), undefined, contextIn({}, createOutput(stream, stream, {})));
  await Promise.resolve();
  expect(made).toEqual(['first\n']);
  done.shift()?.();
  await writing;

  expect(made).toEqual(['first\n', 'second\n']);
  expect(taken).toBe('first\n');
});

test.each([
  ['whole', 'one\ntwo\n'],
  ['in pieces', ['one\n', 'two\n']],
])('%s it is the same file', async (_how, text) => {
  await writeResult(text, 'file', contextIn({ workingFolder: folder }, recordedOutput().output));

  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('one\ntwo\n');
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
