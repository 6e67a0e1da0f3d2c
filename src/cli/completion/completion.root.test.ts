import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '../../problems/testing/all-problems.ts';
import { buildProgram } from '../program.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { bashCompletion } from './bash.ts';
import { commandTree, type CompletedCommand } from './command-tree.ts';
import { fishCompletion } from './fish.ts';
import { askedBash, askedFish, askedZsh, type AskedShell } from './testing/asked-shell.ts';
import { zshCompletion } from './zsh.ts';

/**
 * The shells themselves are asked what they would offer; their PATH is empty, so that nothing can be started for it.
 */
const shells = [
  { name: 'bash', generate: bashCompletion, ask: askedBash },
  { name: 'zsh', generate: zshCompletion, ask: askedZsh },
  { name: 'fish', generate: fishCompletion, ask: askedFish },
];

const program = await buildProgram(createTexts('ko', problems), () => Promise.resolve());
const odd = ['two words', "it's", 'say "so"', '$HOME', 'back\\slash', '*', '[a]', 'a;b', '한 글'];
program.addCommand(new Command('odd').addOption(new Option('--pick <word>').choices(odd)));
const tree = commandTree(program);

describe.each(shells)('$name', ({ generate, ask }) => {
  let folder = '';
  let shell: AskedShell;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nodemend-completion-'));
    const runs = join(folder, 'state folder', 'nodemend', 'runs');
    mkdirSync(runs, { recursive: true });
    for (const run of ['20261124-0931-container-logs-7f3a', '20261125-0800-container-logs-0001'])
      for (const end of ['.jsonl', '.plan.json']) writeFileSync(join(runs, `${run}${end}`), '');
    mkdirSync(join(folder, 'of mine'));
    for (const name of ['my config.yaml', 'plan a.json', 'of mine/kubeconfig']) writeFileSync(join(folder, name), '');
    shell = ask({ script: generate(tree), folder, environment: { XDG_STATE_HOME: join(folder, 'state folder') } });
  });
  afterAll(() => {
    shell?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a command', ['nodemend', 'dia'], ['diagnose']],
    ['a command of a command', ['nodemend', 'lab', ''], ['break', 'down', 'heal', 'status', 'up']],
    ['behind an option of nodemend itself', ['nodemend', '--lang', 'ko', 'expl'], ['explain']],
    ['an option', ['nodemend', 'diagnose', '--thr'], ['--threshold']],
    ['the choices of an option', ['nodemend', 'diagnose', '--via', 's'], ['ssh', 'system-ssh']],
    ['the choices of a short option', ['nodemend', 'diagnose', '-o', 'm'], ['markdown']],
    ['a choice behind an equals sign', ['nodemend', 'diagnose', '--output=ma'], ['--output=markdown']],
    ['a problem', ['nodemend', 'plan', 'cont'], ['container-logs']],
    ['a second problem', ['nodemend', 'plan', 'container-logs', 'cont'], ['container-logs']],
    ['a fault', ['nodemend', 'lab', 'break', 'container-logs', '--fault', 'rule-b'], ['rule-broken']],
    ['an error code', ['nodemend', 'explain', 'RUN_ID'], ['RUN_ID_INVALID']],
    [
      'a run of this machine',
      ['nodemend', 'undo', ''],
      ['20261124-0931-container-logs-7f3a', '20261125-0800-container-logs-0001'],
    ],
    ['no second run', ['nodemend', 'undo', '20261124-0931-container-logs-7f3a', '2026'], []],
    [
      'behind a value with blanks, quotes and a word of ours in it',
      ['nodemend', 'diagnose', '--context', `'the "lab" -- up'`, '--thr'],
      ['--threshold'],
    ],
    [
      'behind a value with an equals sign and a colon',
      ['nodemend', 'diagnose', '-l', 'role=worker', '--bastion', 'ops@host:22', '--via', 'po'],
      ['pod'],
    ],
    ['a file with a blank', ['nodemend', 'diagnose', '--config', 'my'], ['my config.yaml']],
    ['a file as a plan', ['nodemend', 'apply', 'plan'], ['plan a.json']],
    ['where nothing is known, no file', ['nodemend', 'diagnose', '--context', 'my'], []],
  ])('%s', async (_what, words, expected) => {
    expect((await shell.offers(words)).toSorted()).toEqual(expected);
  });

  test('values of whatever characters arrive as they are', async () => {
    const offered = await shell.offers(['nodemend', 'odd', '--pick', '']);
    expect(offered.toSorted()).toEqual(odd.toSorted());
  });

  test('every option of every command, and nothing else', async () => {
    const expected = (command: CompletedCommand): readonly string[] =>
      command.options
        .flatMap(({ flags }) => flags)
        .filter((flag) => flag.startsWith('--'))
        .toSorted();
    const wrong: unknown[] = [];
    for (const command of tree) {
      const offered = (
        await shell.offers(['nodemend', ...command.path.split(' ').filter((word) => word !== ''), '--'])
      ).toSorted();
      if (JSON.stringify(offered) !== JSON.stringify(expected(command)))
        wrong.push({ path: command.path, offered, expected: expected(command) });
    }
    expect(wrong).toEqual([]);
    expect(tree.length).toBeGreaterThan(20);
  });
});
