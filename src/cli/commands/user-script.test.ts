import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-user-script-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('user-script', () => {
  test('prints the script alone, and beside it where it goes', async () => {
    const { code, data, notes } = await runInProcess(['user-script', 'container-logs']);

    expect(code).toBe(0);
    expect(data).toMatch(/^#!\/bin\/sh\n[^]*\nnodemend_main\n$/);
    expect(notes).toMatch(/^A user script for container-logs: \d+ of at most 64000 bytes\.\nNext: paste it/);
    expect(notes).toContain('/var/log/userscript_v2.output');
    expect((await runInProcess(['user-script'])).data).toBe(data);
  });

  test('writes a program', async () => {
    const { code, data, notes } = await runInProcess(['user-script', '--out', 'birth.sh'], { workingFolder: folder, language: 'ko' });

    expect({ code, data }).toEqual({ code: 0, data: '' });
    expect(statSync(join(folder, 'birth.sh')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(folder, 'birth.sh'), 'utf8')).toBe((await runInProcess(['user-script'])).data);
    expect(notes).toContain('사용자 스크립트');
  });

  test('a problem that it does not know', async () => {
    expect((await runInProcess(['user-script', 'container-log'])).error).toMatchObject({ code: 'USAGE', params: { suggestion: 'container-logs' } });
  });
});
