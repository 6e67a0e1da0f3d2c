import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';
import { scheduledCommand, type Place, type ScheduledCommand } from './scheduled-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-scheduled-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['kubeconfig', 'hosts', 'key', 'nodemend.yaml']) writeFileSync(join(folder, name), '');
mkdirSync(join(folder, 'sub'));

function scheduled(words: readonly string[], place: Place = 'here'): Promise<ScheduledCommand> {
  const { output, data } = recordedOutput();
  const context = contextIn({ workingFolder: folder }, output);
  return scheduledCommand(words, place, context).finally(() => expect(data()).toBe(''));
}

test('a change: its files absolute, its options one by one, known as one that needs an approval', async () => {
  const command = await scheduled([
    'apply',
    '--via=ssh',
    'container-logs',
    '--kubeconfig',
    'kubeconfig',
    '--identity',
    'key',
    '--identity',
    './sub/../key',
    '-l',
    'pool=blue',
    '--allow',
    'restart',
    '--verbose',
  ]);
  expect(command.words).toEqual([
    'apply',
    'container-logs',
    '--kubeconfig',
    join(folder, 'kubeconfig'),
    '--selector',
    'pool=blue',
    '--via',
    'ssh',
    '--identity',
    join(folder, 'key'),
    '--identity',
    join(folder, 'key'),
    '--verbose',
    '--allow',
    'restart',
  ]);
  expect(command).toMatchObject({
    path: 'apply',
    args: ['container-logs'],
    changes: true,
    options: { kubeconfig: join(folder, 'kubeconfig'), selector: 'pool=blue', allow: ['restart'] },
  });
});

test('a value that looks like an option stays a value, and means the same when it is read again', async () => {
  const { words } = await scheduled(['apply', 'container-logs', '--nodes=-a', '--via', 'ssh']);
  expect(words).toEqual(['apply', 'container-logs', '--nodes=-a', '--via', 'ssh']);
  expect((await scheduled(words)).words).toEqual(words);
});

test('a command that only reads needs none', async () => {
  expect(await scheduled(['diagnose', '--hosts', 'hosts', '--out', 'sub/found.json', '-o', 'json'])).toMatchObject({
    changes: false,
    words: ['diagnose', '--hosts', join(folder, 'hosts'), '--output', 'json', '--out', join(folder, 'sub/found.json')],
  });
});

describe('what makes no sense is refused', () => {
  test.each([
    [[], 'none'],
    [['undo', 'run'], ''],
    [['lab', 'up'], ''],
    [['explain', 'container-logs'], ''],
    [['schedule', 'status'], ''],
    [['nonsense'], ''],
    [['--version'], ''],
    [['diagnose', '--help'], ''],
    [['apply', 'container-logs', '--yes'], 'option'],
    [['apply', 'container-logs', '--approval', 'hosts'], 'option'],
    [['apply', 'plan.json'], 'plan'],
    [['diagnose', '--bundle', '-'], 'input'],
    [['images', 'reseed', 'busybox', '--from', 'worker-1'], 'remedy'],
  ] as const)('%j', async (words, context) => {
    await expect(scheduled(words)).rejects.toMatchObject({
      code: 'SCHEDULE_COMMAND_REFUSED',
      exitCode: 2,
      params: { context },
    });
  });

  test('with what can be scheduled', async () => {
    await expect(scheduled(['undo'])).rejects.toMatchObject({
      params: { choices: expect.stringMatching(/^doctor, diagnose, plan, apply, /) as unknown },
    });
  });

  test.each([
    [['apply', 'container-logs', '--vya', 'ssh'], 'optionNear'],
    [['apply'], 'argument'],
    [['diagnose', '--via', 'telnet'], 'choice'],
  ] as const)('%j is a mistake now, and not at night', async (words, context) => {
    await expect(scheduled(words)).rejects.toMatchObject({ code: 'USAGE', params: { context } });
  });

  test.each([
    ['--kubeconfig', 'gone', 'ENOENT'],
    ['--kubeconfig', 'sub', 'EISDIR'],
    ['--out', 'gone/found.json', 'ENOENT'],
  ] as const)('%s %s', async (typed, file, fault) => {
    await expect(scheduled(['diagnose', typed, file])).rejects.toMatchObject({
      code: 'SCHEDULE_FILE_UNREADABLE',
      params: { typed, path: join(folder, file), fault },
    });
  });
});

describe('in a pod', () => {
  test('this machine’s way to the cluster is looked at now and left behind', async () => {
    const { words, options } = await scheduled(
      ['apply', 'container-logs', '--kubeconfig', 'kubeconfig', '--context', 'prod', '--via', 'ssh'],
      'pod',
    );
    expect(words).toEqual(['apply', 'container-logs', '--via', 'ssh']);
    expect(options).toMatchObject({ kubeconfig: join(folder, 'kubeconfig'), context: 'prod' });
  });

  test.each([
    ['--identity', 'key'],
    ['--hosts', 'hosts'],
    ['--config', 'nodemend.yaml'],
  ])('%s is not there', async (typed, file) => {
    await expect(scheduled(['apply', 'container-logs', typed, file], 'pod')).rejects.toMatchObject({
      code: 'SCHEDULE_COMMAND_REFUSED',
      params: { context: 'pod', typed },
    });
  });
});
