import { describe, expect, test } from 'vitest';
import type { ErrorParams } from '../../errors/nodemend-error.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import { languages } from '../../locales/language.ts';
import { runInProcess } from '../testing/run-in-process.ts';

/** Every way to type something that commander does not take, and what is said of it. */
const mistakes: readonly (readonly [string, ErrorParams])[] = [
  ['diagnoze', { context: 'commandNear', command: '', typed: 'diagnoze', suggestion: 'diagnose' }],
  ['--lang ko diagnoze', { context: 'commandNear', command: '', typed: 'ko' }],
  ['reboot-everything', { context: 'command', command: '', typed: 'reboot-everything' }],
  [
    'container-logs dif',
    { context: 'commandNear', command: 'container-logs', typed: 'dif', suggestion: 'container-logs diff' },
  ],
  ['lab brake', { context: 'subcommand', command: 'lab', typed: 'brake' }],
  ['container-logs sync', { context: 'mandatory', command: 'container-logs sync', typed: '--from' }],
  ['lab upp', { context: 'commandNear', command: 'lab', typed: 'upp', suggestion: 'lab up' }],
  ['diagnose --vai ssh', { context: 'optionNear', command: 'diagnose', typed: '--vai', suggestion: '--via' }],
  ['diagnose --vai=ssh', { context: 'optionNear', command: 'diagnose', typed: '--vai', suggestion: '--via' }],
  ['diagnose -z', { context: 'option', command: 'diagnose', typed: '-z' }],
  ['images list --json', { context: 'optionNear', typed: '--json', suggestion: '-o json' }],
  ['images pin --yaml', { context: 'option', typed: '--yaml' }],
  ['images list --all=yes', { context: 'optionBare', command: 'images list', typed: '--all' }],
  ['lab up --nodez 3', { context: 'optionNear', command: 'lab up', typed: '--nodez', suggestion: '--nodes' }],
  ['undo one two', { context: 'excess', command: 'undo' }],
  ['diagnose --via', { context: 'value', command: 'diagnose', typed: '--via' }],
  ['diagnose -l', { context: 'value', command: 'diagnose', typed: '--selector' }],
  ['apply', { context: 'argument', command: 'apply', typed: 'plan-or-problems' }],
  ['bundle', { context: 'mandatory', command: 'bundle', typed: '--out' }],
  [
    'diagnose --via sssh',
    { context: 'choice', command: 'diagnose', typed: '--via', value: 'sssh', choices: 'ssh, system-ssh, pod, local' },
  ],
  ['diagnose --lang fr', { context: 'choice', command: 'diagnose', typed: '--lang', value: 'fr', choices: 'ko, en' }],
  [
    'diagnose --hosts a --context b',
    { context: 'conflict', command: 'diagnose', typed: '--hosts', other: '--context' },
  ],
];

async function usage(line: string): Promise<ErrorParams> {
  const { error, code } = await runInProcess(line.split(' '));
  if (!isNodemendError(error)) throw new Error(`${line} ended with ${String(code)}`, { cause: error });
  expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
  return error.params;
}

test.each(mistakes.filter(([line]) => line !== '--lang ko diagnoze'))('nodemend %s', async (line, params) => {
  expect(await usage(line)).toMatchObject(params);
});

test('each has words in both languages, without a placeholder or a gap', async () => {
  for (const [line] of mistakes) {
    const params = await usage(line);
    for (const language of languages) {
      const { cause, next } = errorText(language, 'USAGE', params);
      expect(`${cause} ${next}`, line).not.toMatch(/\{\{|  |error:| --help lists.*undefined/);
      expect(cause, line).not.toBe(params['problem']);
    }
  }
});

describe('of our own checks', () => {
  test.each([
    ['explain nothing-of-the-kind-xyz', { context: 'topic', value: 'nothing-of-the-kind-xyz', command: 'explain' }],
    [
      'plan container-log',
      { context: 'problemNear', value: 'container-log', command: 'plan', suggestion: 'container-logs' },
    ],
    ['plan memory', { context: 'problem', value: 'memory', command: 'plan' }],
    ['diagnose --only nothing', { context: 'problem', value: 'nothing', command: 'diagnose' }],
    [
      'diagnose --hosts a --port ssh',
      { context: 'number', typed: '--port', value: 'ssh', from: 1, to: 65_535, command: 'diagnose' },
    ],
    ['diagnose --hosts a --port 0', { context: 'number', typed: '--port', value: '0' }],
    ['diagnose --hosts a --timeout 1e3', { context: 'number', typed: '--timeout', value: '1e3', from: 1, to: 3_600 }],
    ['lab up --nodes 301', { context: 'number', typed: '--nodes', value: '301', from: 1, to: 300, command: 'lab up' }],
    [
      'lab break container-logs --fault rule-mising',
      { context: 'choice', typed: '--fault', value: 'rule-mising', command: 'lab break' },
    ],
  ])('nodemend %s', async (line, params) => {
    expect(await usage(line)).toMatchObject(params);
  });
});

test.each(['--help', 'diagnose --help', 'lab up -h', 'lab', 'container-logs'])('%s is not a mistake', async (line) => {
  const { error, code, data } = await runInProcess(line.split(' '));

  expect({ error, code }).toEqual({ error: undefined, code: 0 });
  expect(data).toMatch(/^Usage: nodemend/);
});
