import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { lookup } from 'node:dns/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import ko from '../locales/ko/system-errors.json' with { type: 'json' };
import { withSystemErrorWords } from './system-error-words.ts';
import { errorText } from './text.ts';

async function thrownBy(work: () => Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return work().then(
    () => {
      throw new Error('it went well');
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  );
}

const failed = {
  gone: () => readFile('/nowhere/file'),
  folder: () => readFile('/'),
  notFolder: () => writeFile('/etc/passwd/x', ''),
  program: () => once(spawn('no-such-program'), 'spawn'),
  // Port 1 of loopback (tcpmux) is nobody's.
  refused: () => once(connect(1, '127.0.0.1'), 'connect'),
  name: () => lookup('no-such-name.invalid'),
} as const;

describe('what Node says of its own is read', () => {
  test.each([
    ['gone', '없는 파일이나 디렉터리: /nowhere/file'],
    ['folder', '파일이 아닌 디렉터리'],
    ['notFolder', '디렉터리가 아닌 파일: /etc/passwd/x'],
    ['program', '없는 파일이나 디렉터리: no-such-program'],
    ['refused', '연결 거부됨: 127.0.0.1:1'],
  ] as const)('%s', async (which, words) => {
    const { message, code = '' } = await thrownBy(failed[which]);
    expect(withSystemErrorWords('ko', { problem: message })).toEqual({ problem: words });
    expect(withSystemErrorWords('ko', { fault: code })).toEqual({ fault: words.replace(/: .*/, '') });
    expect(existsSync('/nowhere/file')).toBe(false);
  });

  test('a name that nobody has, whatever the name server of this machine says of it', async () => {
    const { message } = await thrownBy(failed.name);
    expect(withSystemErrorWords('ko', { problem: message })['problem']).toMatch(/^[가-힣 ]+: no-such-name\.invalid$/u);
  });
});

test('what another value says already is not said twice', () => {
  const params = { path: '/a/b', problem: "EACCES: permission denied, open '/a/b'" };
  expect(withSystemErrorWords('en', params)).toEqual({ path: '/a/b', problem: 'permission denied' });
});

test('what only looks like an error of the system stays as it is, and so does what chooses the text', () => {
  const params = { problem: 'EVERYTHING', name: 'E2BIG-web', said: 'read ENOENT of others, and more', count: 3 };
  expect(withSystemErrorWords('ko', { ...params, context: 'ENOENT' })).toEqual({ ...params, context: 'ENOENT' });
});

test('each code has its words in a sentence of an error, and none is left', () => {
  for (const [fault, words] of Object.entries(ko)) {
    const { cause } = errorText('ko', 'BUNDLE_UNREADABLE', { path: 'x', problem: fault });
    expect(cause).toContain(words);
    expect(cause).not.toContain(fault);
  }
});
