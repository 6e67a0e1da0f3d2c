import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';
import { typedWords } from './typed-words.ts';

const program = new Command('nodemend').option('--lang <language>');
program.addCommand(new Command('diagnose').option('--context <name>').option('-o, --output <format>').option('--once'));
program.addCommand(new Command('lab').option('--name <name>'));
program.addCommand(new Command('images').addCommand(new Command('list').option('--context <name>')));

describe('the words of a command line', () => {
  test.each<[string, string]>([
    ['help diagnose', 'diagnose --help'],
    ['help', '--help'],
    ['diagnose -o=json', 'diagnose -o json'],
    ['--context prod diagnose --once', 'diagnose --context prod --once'],
    ['--context=prod --once diagnose', 'diagnose --context=prod --once'],
    ['--lang ko diagnose', 'diagnose --lang ko'],
    ['--lang ko images list', 'images list --lang ko'],
    ['--context=prod images list list', 'images list --context=prod list'],
    ['--lang ko images', '--lang ko images'],
    ['--lang ko images --help', '--lang ko images --help'],
    // A value that is a command's name is still a value.
    ['--context lab diagnose', 'diagnose --context lab'],
    ['diagnose --context lab', 'diagnose --context lab'],
    // Options of another command stay where they are, and the program says that it does not know them.
    ['--name x diagnose', '--name x diagnose'],
    ['diagnose -- lab', 'diagnose -- lab'],
    ['diagnose -o=json -- lab -o=json --help', 'diagnose -o json -- lab -o=json --help'],
    ['nothing --help', 'nothing'],
    ['--lang ko --help', '--lang ko --help'],
    ['--help', '--help'],
    ['', ''],
  ])('%s is %s', (typed, words) => {
    expect(typedWords(program, typed.split(' ').filter(Boolean)).join(' ')).toBe(words);
  });

  test('kubectl’s habits reach the commands', async () => {
    const bundle = ['--bundle', 'examples/sick-cluster.json'];
    const usual = await runInProcess(['diagnose', ...bundle, '-o', 'json']);

    expect((await runInProcess(['diagnose', ...bundle, '-o=json'])).data).toBe(usual.data);
    expect((await runInProcess([...bundle, '-o=json', 'diagnose'])).data).toBe(usual.data);
    expect((await runInProcess(['--lang', 'en', 'images', 'list', ...bundle])).error).toMatchObject({
      code: 'BUNDLE_WITHOUT_PROBLEM',
    });
    expect((await runInProcess(['--lang', 'en', 'images', 'list', '--help'])).data).toContain('nodemend images list');
    expect((await runInProcess(['--lang', 'en', 'images', '--help'])).data).toContain('nodemend images [');
    expect((await runInProcess(['help', 'diagnose'])).data).toContain('nodemend diagnose');
    expect((await runInProcess(['diagnoze', '--help'])).error).toMatchObject({
      code: 'USAGE',
      params: { context: 'commandNear', suggestion: 'diagnose' },
    });
  });

  test('diagnose takes problems by their names, as plan does', async () => {
    const bundle = ['--bundle', 'examples/sick-cluster.json', '-o', 'json'];
    const only = await runInProcess(['diagnose', '--only', 'container-logs', ...bundle]);

    expect((await runInProcess(['diagnose', 'container-logs', ...bundle])).data).toBe(only.data);
    expect((await runInProcess(['diagnose', 'container-log', ...bundle])).error).toMatchObject({ code: 'USAGE' });
  });
});
