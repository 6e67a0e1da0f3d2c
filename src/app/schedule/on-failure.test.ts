import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScheduledResult } from '../../engine/schedule/scheduled-result.ts';
import { callOnFailure, parseOnFailure } from './on-failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-on-failure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, mode);
  return path;
}

describe('what can be called', () => {
  test('a program and its words', () => {
    expect(parseOnFailure('/bin/echo  ops  --to=night-shift ')).toEqual(['/bin/echo', 'ops', '--to=night-shift']);
  });

  test.each(['', 'echo x', './page', '/nonexistent/page', '/etc/passwd', '/bin'])('not %j', (text) => {
    expect(() => parseOnFailure(text)).toThrow(expect.objectContaining({ code: 'ON_FAILURE_INVALID', exitCode: 2 }));
  });

  test.each([
    '/bin/echo "a b"',
    '/bin/echo $HOME',
    '/bin/echo a; /bin/rm b',
    '/bin/echo a | /bin/cat',
    '/bin/echo `id`',
    '/bin/echo a > b',
    '/bin/echo *',
    '/bin/echo a\n/bin/rm b',
  ])('no shell: %j', (text) => {
    expect(() => parseOnFailure(text)).toThrow(
      expect.objectContaining({ code: 'ON_FAILURE_INVALID', params: { context: 'shell', text } }),
    );
  });

  test('nothing that everybody can write', () => {
    const path = program('open', 'true', 0o777);
    expect(() => parseOnFailure(path)).toThrow(
      expect.objectContaining({ code: 'ON_FAILURE_INVALID', params: { context: 'writable', text: path } }),
    );
  });
});

const result: ScheduledResult = {
  schedule: 'night',
  startedAt: '2026-11-23T03:20:00.000Z',
  endedAt: '2026-11-23T03:20:42.000Z',
  exitCode: 8,
  verdict: 'refused',
  error: 'APPROVAL_EXCEEDED',
};
const report = { result, output: 'error: 9 of 40 nodes; $(rm -rf /)\n' };

describe('it is told what happened', () => {
  test('by its environment and its standard input, and never by a shell', async () => {
    const told = join(folder, 'told');
    const tell = program(
      'tell',
      `{ echo "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $NODEMEND_VERDICT $NODEMEND_ERROR [$NODEMEND_RUN] $HOME $*"; cat; } >'${told}'`,
    );
    expect(await callOnFailure([tell, '$(id)'], report, { PATH: process.env['PATH'], HOME: '/root' })).toBe('called');
    const [line, json] = readFileSync(told, 'utf8').split('\n');
    expect(line).toBe('night 8 refused APPROVAL_EXCEEDED [] /root $(id)');
    expect(JSON.parse(json ?? '')).toEqual({ ...result, output: report.output });
  });

  test('one that fails, does not listen, or is gone by then is only reported in the result', async () => {
    const environment = { PATH: process.env['PATH'] };
    expect(await callOnFailure([program('fails', 'exit 4')], report, environment)).toBe('exit-4');
    expect(
      await callOnFailure([program('deaf', 'exec <&-; exit 0')], { result, output: 'x'.repeat(500_000) }, environment),
    ).toBe('called');
    expect(await callOnFailure([join(folder, 'gone')], report, environment)).toBe('not-started-ENOENT');
  });
});
