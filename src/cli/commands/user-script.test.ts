import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    expect(notes).toMatch(
      /^User script for container-logs: \d+ of at most 64000 bytes\.\nNext: paste the complete script/,
    );
    expect(notes).toContain('/var/log/userscript_v2.output');
    expect((await runInProcess(['user-script'])).data).toBe(data);
  });

  test('writes a program', async () => {
    const { code, data, notes } = await runInProcess(['user-script', '--out', 'bootstrap.sh'], {
      workingFolder: folder,
      language: 'ko',
    });

    expect({ code, data }).toEqual({ code: 0, data: '' });
    expect(statSync(join(folder, 'bootstrap.sh')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(folder, 'bootstrap.sh'), 'utf8')).toBe((await runInProcess(['user-script'])).data);
    expect(notes).toContain('사용자 스크립트');
  });

  test('brings the user’s own file along, judged as sync judges it', async () => {
    const rule = '/var/lib/docker/containers/*/*.log {\n    daily\n    rotate 7\n    copytruncate\n    missingok\n}\n';
    writeFileSync(join(folder, 'rule'), rule);
    const { code, data } = await runInProcess(
      ['user-script', 'container-logs', '--from', 'rule', '--path', '/etc/logrotate.d/shop'],
      { workingFolder: folder },
    );

    expect(code).toBe(0);
    expect(data).toContain(`\n${rule}NODEMEND-`);
    expect(data).toContain(" container_logs_bootstrap given '/etc/logrotate.d/shop'\n");
    writeFileSync(join(folder, 'rule'), rule.replace('copytruncate', 'create'));
    expect(
      (await runInProcess(['user-script', 'container-logs', '--from', 'rule'], { workingFolder: folder })).error,
    ).toMatchObject({ code: 'SOURCE_REFUSED' });
    expect((await runInProcess(['user-script', '--from', 'rule'], { workingFolder: folder })).error).toMatchObject({
      code: 'SOURCE_WITHOUT_PROBLEM',
    });
  });

  test('takes the boot argument where it is asked for, as plan does', async () => {
    const { code, data, notes } = await runInProcess(['user-script', '--prevent', '--override-gate', 'a trial']);

    expect(code).toBe(0);
    expect(notes).toContain('User script for container-logs, kernel-memory:');
    expect(data).toContain('\nargument cgroup.memory=nokmem\noverride a trial\nNODEMEND-');
    const needs = async (...words: readonly string[]): Promise<unknown> =>
      (await runInProcess(['user-script', ...words])).error;
    expect(await needs('kernel-memory')).toMatchObject({ params: { typed: 'kernel-memory', other: '--prevent' } });
    expect(await needs('--override-gate', 'a trial')).toMatchObject({
      params: { command: 'user-script', typed: '--override-gate', other: '--prevent' },
    });
  });

  test('says what has to wait until a node has joined, and why', async () => {
    const all = (await runInProcess(['user-script'])).notes.replaceAll(/\s+/gu, ' ');
    expect(all).toContain(
      'Not at the first boot: container-logs free-rotated-logs, free-dead-logs, truncate-live-logs: a new node has no',
    );
    expect(all).toContain('kernel-memory reboot: the boot argument takes effect at the next boot');
    const { notes } = await runInProcess(['user-script', 'container-logs'], { language: 'ko' });
    expect(notes).toContain('첫 부팅에는 할 수 없는 조치:\n  container-logs free-rotated-logs');
    expect(notes).not.toContain('kernel-memory');
  });

  test('writes the script for Image Builder, too', async () => {
    const { code, data, notes } = await runInProcess(['user-script', '--image-builder', 'image.sh'], {
      workingFolder: folder,
    });
    const image = readFileSync(join(folder, 'image.sh'), 'utf8');

    expect(code).toBe(0);
    expect(image.startsWith('#!/bin/bash -e\n')).toBe(true);
    expect(image).toContain(data);
    expect(statSync(join(folder, 'image.sh')).mode & 0o777).toBe(0o755);
    expect(notes).toContain('image.sh does the same in an image');
  });

  test('a problem that it does not know', async () => {
    expect((await runInProcess(['user-script', 'container-log'])).error).toMatchObject({
      code: 'USAGE',
      params: { suggestion: 'container-logs' },
    });
  });
});
