import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../hash/sha256.ts';
import { scheduleSchema, scheduleText, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';
import { scheduleFolder } from '../../app/schedule/schedule-folder.ts';
import { verifiedCommand } from '../../app/schedule/verified-files.ts';

/** Of a pod: where its ConfigMap is mounted, and a home of its own. */
const root = mkdtempSync(join(tmpdir(), 'nodemend-verified-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let pod: string;
let pods = 0;
beforeEach(() => {
  pod = join(root, String(++pods));
  for (const name of ['home', 'schedule']) mkdirSync(join(pod, name), { recursive: true });
});
const mounted = (name: string): string => join(pod, 'schedule', name);
const environment = (): Readonly<Record<string, string>> => ({ HOME: join(pod, 'home'), PATH: '/usr/bin:/bin' });

function recordOf(more: Partial<ScheduleRecord> = {}): ScheduleRecord {
  return {
    schema: scheduleSchema,
    name: 'night',
    kind: 'cronjob',
    installedAt: '2026-11-23T01:02:03.000Z',
    installedBy: 'kim@laptop',
    rhythm: { every: 'day', hour: 3, minute: 20 },
    command: ['apply', 'container-logs', '--from', mounted('source'), '--approval', mounted('approval.json')],
    changes: true,
    environment: {},
    written: [
      { what: 'file', path: mounted('approval.json'), sha256: sha256(Buffer.from('{"cap":1}\n', 'utf8')) },
      { what: 'file', path: mounted('source'), sha256: sha256(Buffer.from('rotate 5\n', 'utf8')) },
    ],
    ...more,
  };
}

/** As kubelet mounts the ConfigMap. */
function mount(text: string, source = 'rotate 5\n', approval = '{"cap":1}\n'): string {
  writeFileSync(mounted('schedule.json'), text);
  writeFileSync(mounted('approval.json'), approval);
  writeFileSync(mounted('source'), source);
  return sha256(Buffer.from(text, 'utf8'));
}

const scheduleRun = (...words: readonly string[]): Promise<CommandEnd> =>
  runInProcess(['schedule', 'run', ...words], { environment: environment(), workingFolder: pod });

describe('in a pod, whoever writes the ConfigMap does not decide what is run', () => {
  const pwned = (): string => join(pod, 'pwned');
  const evil = (): readonly [string, ...string[]] => ['/bin/sh', '-c', `id >'${pwned()}'`];

  test('another command for failures, written into the record', async () => {
    const installed = mount(scheduleText(recordOf()));
    // The command ends with an error in every case, so what is called then would be.
    mount(JSON.stringify({ ...recordOf(), command: ['diagnose', '--hosts', '/nonexistent'], onFailure: evil() }));
    const { error } = await scheduleRun(mounted('schedule.json'), '--sha256', installed);
    expect(error).toMatchObject({ code: 'SCHEDULE_CHANGED', exitCode: 8, params: { path: mounted('schedule.json') } });
    expect(existsSync(pwned())).toBe(false);
  });

  test('the same where the CronJob is from a version that named no hash', async () => {
    for (const kind of ['cronjob', 'systemd'] as const) {
      const forged = { ...recordOf(), kind, changes: false, command: ['diagnose', '--hosts', '/nonexistent'] };
      mount(JSON.stringify({ ...forged, ...(kind === 'systemd' ? { onFailure: evil() } : {}) }));
      expect((await scheduleRun(mounted('schedule.json'))).error).toMatchObject({ code: 'SCHEDULE_UNVERIFIED' });
    }
    expect(existsSync(pwned())).toBe(false);
  });

  test('no object of a cluster names a program, whatever its hash', async () => {
    const sha256 = mount(JSON.stringify({ ...recordOf(), onFailure: evil() }));
    expect((await scheduleRun(mounted('schedule.json'), '--sha256', sha256)).error).toMatchObject({
      code: 'SCHEDULE_INVALID',
      params: { problem: 'onFailure: not in a cluster' },
    });
    expect(existsSync(pwned())).toBe(false);
  });

  test.each([
    ['source', 'rotate 5\n# and more\n', '{"cap":1}\n'],
    ['approval.json', 'rotate 5\n', '{"cap":100}\n'],
  ])('another %s than was installed', async (name, source, approval) => {
    const sha256 = mount(scheduleText(recordOf()), source, approval);
    expect((await scheduleRun(mounted('schedule.json'), '--sha256', sha256)).error).toMatchObject({
      code: 'SCHEDULE_CHANGED',
      params: { path: mounted(name) },
    });
  });

  test('what is swapped after it was looked at: the command reads what was looked at', async () => {
    mount(scheduleText(recordOf()));
    const folder = scheduleFolder('night', environment());
    mkdirSync(folder.path, { recursive: true });
    const command = await verifiedCommand(recordOf(), folder);
    mount('', 'evil\n', 'evil\n');
    const [source = '', approval = ''] = [command[3], command[5]];
    expect([source, approval].map((path) => dirname(path))).toEqual([folder.path, folder.path]);
    expect(readFileSync(source, 'utf8')).toBe('rotate 5\n');
    expect(readFileSync(approval, 'utf8')).toBe('{"cap":1}\n');
    expect(statSync(approval).mode & 0o777).toBe(0o600);
  });
});

describe('on a machine, a record is this user’s own', () => {
  const own = (): ScheduleRecord => ({
    ...recordOf({ kind: 'cron', written: [], changes: false, command: ['diagnose', '--hosts', '/nonexistent'] }),
    environment: environment(),
  });
  /** Written as install leaves it. */
  function installed(): string {
    const { path, record } = scheduleFolder('night', environment());
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(record, scheduleText(own()), { mode: 0o600 });
    return record;
  }

  test('a record elsewhere is not run, however it looks', async () => {
    writeFileSync(join(pod, 'schedule.json'), scheduleText(own()), { mode: 0o600 });
    expect((await scheduleRun('./schedule.json')).error).toMatchObject({ code: 'SCHEDULE_UNVERIFIED' });
  });

  test.each([
    ['the file, by everybody', 'anyone', 0o602, 0o700],
    ['the file, by a group', 'group', 0o620, 0o700],
    ['its folder, by everybody', 'anyone', 0o600, 0o707],
  ])('nor one that others may write: %s', async (_what, why, fileMode, folderMode) => {
    const path = installed();
    chmodSync(path, fileMode);
    chmodSync(dirname(path), folderMode);
    for (const name of ['night', path])
      expect((await scheduleRun(name)).error).toMatchObject({ code: 'PATH_UNSAFE', params: { context: why } });
  });
});
