import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { languages, type Language } from '../locales/language.ts';
import { problems } from '../problems/testing/all-problems.ts';
import { buildProgram, commandNames } from './program.ts';
import { displayWidth } from './render/width.ts';
import { runInProcess } from './testing/run-in-process.ts';
import { createTexts } from '../app/texts/texts.ts';

async function everyCommand(
  language: Language,
): Promise<readonly { readonly path: readonly string[]; readonly command: Command }[]> {
  const program = await buildProgram(createTexts(language, problems), () => Promise.resolve());
  const below = (
    command: Command,
    path: readonly string[],
  ): readonly { path: readonly string[]; command: Command }[] => [
    { path, command },
    ...command.commands.flatMap((child) => below(child, [...path, child.name()])),
  ];
  return below(program, []);
}

describe.each(languages)('%s', (language) => {
  test.each([80, 60, 40])('the help of every command fits into %d columns', async (columns) => {
    const commands = await everyCommand(language);
    expect(commands.length).toBeGreaterThan(commandNames.length);

    for (const { path } of commands) {
      const { data } = await runInProcess([...path, '--help'], { language, columns });
      const name = ['nodemend', ...path].join(' ');
      expect(data, name).toContain(name);
      // A usage line, an option with its value and an example are never broken: they are to be typed.
      const tooWide = data
        .split('\n')
        .filter((line) => displayWidth(line) > columns && !/^(?:Usage|사용법)|^  (?:-|nodemend )/.test(line));
      expect(tooWide, name).toEqual([]);
    }
  });

  test('every option, argument and command says what it is', async () => {
    for (const { path, command } of await everyCommand(language)) {
      const name = path.join(' ');
      expect(command.description(), name).toMatch(/\S/);
      if (path.length > 0) expect(command.summary(), name).toMatch(/\S/);
      // One that no help shows is there to be refused with its own words.
      for (const option of command.options.filter(({ hidden }) => !hidden))
        expect(option.description, `${name} ${option.flags}`).toMatch(/^[^.]*\p{L}/u);
      for (const argument of command.registeredArguments)
        expect(argument.description, `${name} ${argument.name()}`).toMatch(/\p{L}/u);
      const words = [
        command.description(),
        command.summary(),
        ...command.options.map(({ description }) => description),
        ...command.registeredArguments.map(({ description }) => description),
      ];
      // A key that has no text is shown as it is.
      expect(
        words.filter((text) => /^(?:command|option|argument|help)\.|\{\{/.test(text)),
        name,
      ).toEqual([]);
    }
  });
});

test('the choices and the default of an option are told', async () => {
  const { data } = await runInProcess(['diagnose', '--help'], { columns: 200 });

  expect(data).toContain('(one of: low, medium, high, critical; default: low)');
  expect(data).toContain('(one of: ssh, system-ssh, pod, local)');
});

test('no option has two meanings: what a short form stands for is the same everywhere', async () => {
  const longs = new Map<string, string>();
  for (const { command } of await everyCommand('en')) {
    for (const { short, long = '' } of command.options) {
      if (!short) continue;
      expect(longs.get(short) ?? long).toBe(long);
      longs.set(short, long);
    }
  }
});

test('the list of commands is the same, whether their files are loaded or not', async () => {
  const texts = createTexts('en', problems);
  const run = (): Promise<void> => Promise.resolve();

  const [loaded, bare] = [await buildProgram(texts, run), await buildProgram(texts, run, [])];

  expect(bare.helpInformation()).toBe(loaded.helpInformation());
});
