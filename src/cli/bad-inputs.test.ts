import type { Command } from 'commander';
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { createTexts } from '../app/texts/texts.ts';
import { isNodemendError, type NodemendError } from '../errors/nodemend-error.ts';
import { errorText, type ErrorText } from '../errors/text.ts';
import { languages, type Language } from '../locales/language.ts';
import { buildProgram } from './program.ts';
import { badInputs, scratchFiles } from './testing/bad-inputs.ts';
import { namedCommands, namedOptions } from './testing/named-commands.ts';
import { runInProcess, type CommandEnd } from './testing/run-in-process.ts';

const folder = scratchFiles();
afterAll(() => rmSync(folder, { recursive: true }));
const program = await buildProgram(createTexts('en', []), () => Promise.resolve());

function run(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<CommandEnd> {
  const environment = { HOME: folder, XDG_STATE_HOME: folder, PATH: '/usr/bin:/bin', ...variables };
  return runInProcess(words, { environment, workingFolder: folder });
}

function asTyped(line: string): {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
} {
  const all = line.replaceAll('@', (at, index: number) => (line[index - 1] === '[' ? at : `${folder}/`)).split(' ');
  const first = all.findIndex((word) => !/^[A-Za-z_]+=/.test(word));
  return {
    words: all.slice(first),
    variables: Object.fromEntries(all.slice(0, first).map((one) => one.split(/=(.*)/, 2))),
  };
}

test('there are at least sixty', () =>
  expect(new Set(badInputs.map(({ typed }) => typed)).size).toBeGreaterThanOrEqual(60));

test.each(badInputs)('nodemend $typed', async ({ typed, code, cause, next }) => {
  const { words, variables } = asTyped(typed);
  const { error, data } = await run(words, variables);

  if (!isNodemendError(error)) throw new Error(`ended otherwise: ${data}`, { cause: error });
  const said = wordsOf(error, 'en');
  expect({ code: error.code, ...said }).toEqual({
    code,
    cause: expect.stringContaining(cause) as string,
    next: expect.stringContaining(next) as string,
  });
  for (const language of languages) expectWhole(wordsOf(error, language).next);
  expect(unknownOptions(said.next, words)).toEqual([]);
  for (const command of namedCommands(program, said.next)) {
    expect(command.faults).toEqual([]);
    if (!command.hasPlaceholder) expect(await isTaken(command.words, variables), command.words.join(' ')).toBe(true);
  }
});

/** What a command cannot do without, so that it comes as far as the kubeconfig. */
const mandatory: Readonly<Record<string, string>> = {
  apply: 'container-logs',
  bundle: '--out bundle.json',
  'force-unlock': '20261124-0931-container-logs-7f3a',
  undo: '20261124-0931-container-logs-7f3a',
  resume: '20261124-0931-container-logs-7f3a',
  verify: '20261124-0931-container-logs-7f3a',
  history: '--from-nodes --via ssh',
  'admission-policy': '--apply',
  reboot: '--nodes worker-1',
  'images reseed': 'busybox --from worker-1 --via ssh',
  'images export': 'busybox --out images.tar --via ssh',
  'images import': '@hosts --via ssh',
  'pull-secret': '--registry ghcr.io --name login -n web',
  'rate-limit': '--via ssh',
  'container-logs diff': '--from @rule',
  'container-logs sync': '--from @rule',
};

const withKubeconfig = leaves(program).filter(({ command }) =>
  command.options.some(({ long }) => long === '--kubeconfig'),
);

test.each(withKubeconfig)('without a kubeconfig $path names only options that it has', async ({ path }) => {
  const { words } = asTyped(`${path} ${mandatory[path] ?? ''}`.trim());
  const { error, data } = await run(words);

  // What is reported in its place is a finding.
  if (['doctor', 'schedule status'].includes(path)) return expect(data).toMatch(/\S/);
  if (!isNodemendError(error)) throw new Error(`ended otherwise: ${data}`, { cause: error });
  expect(error).toMatchObject({ code: 'KUBECONFIG_MISSING' });
  expect(unknownOptions(wordsOf(error, 'en').next, words)).toEqual([]);
});

function leaves(command: Command, above = ''): readonly { readonly path: string; readonly command: Command }[] {
  return command.commands.flatMap((child) => {
    const path = `${above} ${child.name()}`.trim();
    return child.commands.length > 0 ? leaves(child, path) : [{ path, command: child }];
  });
}

/** As they are shown: an error of nodemend itself, and of none of its commands, has a gap where those have their name. */
function wordsOf({ code, params }: NodemendError, language: Language): ErrorText {
  const { cause, next } = errorText(language, code, params);
  return { cause: cause.replaceAll(/\s+/g, ' '), next: next.replaceAll(/\s+/g, ' ') };
}

/** Whether the command line takes it; what it then finds is another matter. */
async function isTaken(words: readonly string[], variables: Readonly<Record<string, string>>): Promise<boolean> {
  const { error } = await run(words, variables);
  return error === undefined || (isNodemendError(error) && error.code !== 'USAGE');
}

function expectWhole(next: string): void {
  expect(next).toMatch(/\S/);
  expect(next).not.toMatch(/\{\{|undefined|: \.|\bNaN\b/);
}

/** What the hint names that neither the command that was typed nor one that the hint names has. */
function unknownOptions(next: string, words: readonly string[]): readonly string[] {
  const commands = [words, ...namedCommands(program, next).map((named) => named.words)];
  const known = commands.flatMap((one) => {
    let command = program;
    for (const word of one) command = command.commands.find((child) => child.name() === word) ?? command;
    return command
      .createHelp()
      .visibleOptions(command)
      .flatMap(({ long }) => long ?? []);
  });
  return namedOptions(next).filter((option) => !known.includes(option));
}
