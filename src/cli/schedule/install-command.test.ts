import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { displayWidth } from '../render/width.ts';
import { runInProcess, type CommandEnd, type Surroundings } from '../testing/run-in-process.ts';

/** Nothing here gets as far as writing: what is written is seen in schedule.root.test.ts. */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-install-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'hosts'), 'a 10.0.0.1\nb 10.0.0.2\n');
mkdirSync(join(folder, 'home'));
const environment = { HOME: join(folder, 'home'), PATH: '/usr/bin' };
const change = ['--', 'apply', 'container-logs', '--hosts', 'hosts'];

function install(words: readonly string[], surroundings: Surroundings = {}): Promise<CommandEnd> {
  return runInProcess(['schedule', 'install', ...words], { workingFolder: folder, environment, ...surroundings });
}

test('everything is shown, then somebody is asked; where nobody can be, nothing is written', async () => {
  const { error, data } = await install([
    '--as',
    'systemd',
    '--every',
    'monday',
    '--at',
    '03:20',
    '--cap',
    '1',
    '--on-failure',
    '/bin/echo ops',
    ...change,
  ]);
  expect(error).toMatchObject({
    code: 'APPROVAL_MISSING',
    params: {
      command:
        "nodemend schedule install --as systemd --every monday --at 03:20 --cap 1 --on-failure '/bin/echo ops' " +
        '--yes -- apply container-logs --hosts ' +
        join(folder, 'hosts'),
    },
  });
  for (const text of [
    'every Monday at 03:20',
    'the list of hosts',
    '1 node changed per run',
    '/bin/echo ops',
    'OnCalendar=Mon *-*-* 03:20:00',
    'Persistent=true',
    'ExecStart=',
  ])
    expect(data).toContain(text);
  expect(readdirSync(join(folder, 'home'))).toEqual([]);
});

test.each(['en', 'ko'] as const)('sentences fit into 80 columns (%s)', async (language) => {
  const { data } = await install(['--as', 'cron', ...change], { language });
  const sentences = data.split('\n').filter((line) => !line.startsWith('    '));
  expect(sentences.filter((line) => displayWidth(line) > 80)).toEqual([]);
  expect(data).not.toMatch(/\{\{|schedule\.(?!json)/);
});

test('a CronJob is only written out', async () => {
  const { code, data, notes } = await install([
    '--as',
    'cronjob',
    '--every',
    'hour',
    '--at',
    ':20',
    '--',
    'diagnose',
    '--via',
    'ssh',
  ]);
  expect(code).toBe(0);
  expect(parseAllDocuments(data).map((document) => (document.toJS() as { readonly kind: string }).kind)).toEqual([
    'ConfigMap',
    'CronJob',
  ]);
  expect(notes.replaceAll(/\s+/g, ' ')).toContain(
    'nodemend schedule install --as cronjob --every hour --at :20 -- diagnose --via ssh | kubectl apply -f - ',
  );
  expect(readdirSync(join(folder, 'home'))).toEqual([]);
});

describe('what makes no sense together', () => {
  test.each([
    [['--as', 'cron', '--spread', '5', ...change], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'systemd', '--image', 'x', ...change], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'cron', '--out', 'x', ...change], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'cronjob', '--on-failure', '/bin/true', '--', 'diagnose'], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'cronjob', '--yes', '--', 'diagnose'], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'cron', '--cap', '3', '--', 'diagnose'], 'SCHEDULE_COMMAND_REFUSED'],
    [['--as', 'cron', '--cap', '0', ...change], 'BATCH_SIZE_INVALID'],
    [['--as', 'cron', '--name', 'My Night', ...change], 'SCHEDULE_NAME_INVALID'],
    [['--as', 'cron', '--every', 'day', '--at', '25:00', ...change], 'SCHEDULE_TIME_INVALID'],
    [['--as', 'cron', '--on-failure', 'page', ...change], 'ON_FAILURE_INVALID'],
    [['--as', 'cron', '--', 'apply', 'container-logs', '--hosts', 'gone'], 'SCHEDULE_FILE_UNREADABLE'],
    [['--as', 'cron', '--', 'apply', 'container-logg', '--hosts', 'hosts'], 'USAGE'],
    [['--as', 'at', ...change], 'USAGE'],
    [[...change], 'USAGE'],
  ])('%j', async (words, code) => {
    expect((await install(words)).error).toMatchObject({ code, exitCode: 2 });
  });

  test('a password in the environment is not stored', async () => {
    const { error } = await install(['--as', 'cron', ...change], {
      environment: { ...environment, HTTPS_PROXY: 'http://kim:secret@proxy:3128' },
    });
    expect(error).toMatchObject({ code: 'SCHEDULE_ENVIRONMENT_SECRET', params: { name: 'HTTPS_PROXY' } });
    expect(JSON.stringify(error)).not.toContain('secret@');
  });
});

test('a schedule that is not there', async () => {
  for (const words of [
    ['status', 'night'],
    ['remove', 'night'],
    ['run', 'night'],
  ]) {
    expect((await runInProcess(['schedule', ...words], { environment })).error).toMatchObject({
      code: 'SCHEDULE_UNKNOWN',
      params: { name: 'night' },
    });
  }
  expect(
    (await runInProcess(['schedule', 'run', './gone.json'], { environment, workingFolder: folder })).error,
  ).toMatchObject({ code: 'SCHEDULE_FILE_UNREADABLE' });
  expect(await runInProcess(['schedule', 'status'], { environment })).toMatchObject({
    code: 0,
    data: 'No schedules found.\n',
  });
});
