import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { textFiles } from '../../test/texts/text-files.ts';
import { createTexts } from '../app/texts/texts.ts';
import { languages } from '../locales/language.ts';
import { buildProgram } from './program.ts';
import { namedCommands, namedOptions } from './testing/named-commands.ts';

const program = await buildProgram(createTexts('en', []), () => Promise.resolve());

test.each(languages)(
  'every command that a text names is one, and has the options that it is named with (%s)',
  (language) => {
    const named = textFiles().flatMap(({ name, texts }) =>
      [...texts[language]].flatMap(([key, text]) =>
        namedCommands(program, text).map((command) => ({ key: `${name} ${key}`, ...command })),
      ),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.flatMap(({ key, faults }) => faults.map((fault) => `${key}: ${fault}`))).toEqual([]);
  },
);

/** Of other programs, which the same text names. */
const ofOthers: readonly string[] = [
  '--update-kernel', // grubby
  '--raw', // kubectl
  '--overwrite', // kubectl
  '--previous', // kubectl
  '--show-managed-fields', // kubectl
  '--sort-by', // kubectl
  '--no-install-recommends', // apt-get
  '--inodes', // du
];

/** Those of problems describe what runs on nodes, and of its options. */
const ofTheShell = textFiles().filter(({ name }) => !name.startsWith('problems/'));

test.each(languages)('every option that a text names is one of some command (%s)', (language) => {
  const known = new Set(everyOption(program));
  const named = ofTheShell.flatMap(({ name, texts }) =>
    [...texts[language]].flatMap(([key, text]) =>
      namedOptions(text).map((option) => ({ key: `${name} ${key}`, option })),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ option }) => !known.has(option) && !ofOthers.includes(option))).toEqual([]);
});

function everyOption(command: Command): readonly string[] {
  const own = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
  return [...own, ...command.commands.flatMap(everyOption)];
}
