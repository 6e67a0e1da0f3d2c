import type { CompletedCommand, CompletedOption } from './command-tree.ts';
import script from './nodemend.fish?raw';
import { fishQuoted } from './quote.ts';
import type { ValueKind } from './value-kinds.ts';

/** A script for fish to source. */
export function fishCompletion(tree: readonly CompletedCommand[]): string {
  const valued = tree.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) => (value === undefined ? [] : flags.map((flag) => `${path} ${flag}`))),
  );
  const paths = tree.map(({ path }) => path).filter((path) => path !== '');
  const lists = [
    `set -g __nodemend_valued ${valued.map(fishQuoted).join(' ')}`,
    `set -g __nodemend_paths ${paths.map(fishQuoted).join(' ')}`,
  ];
  return [script, ...lists, ...tree.flatMap(linesOf)].map((line) => `${line}\n`).join('');
}

function linesOf({ path, commands, options, arguments: all, repeats }: CompletedCommand): readonly string[] {
  const children = commands.map(({ name, summary }) =>
    line(argumentAt(path, 0, 0), ['-f', '-a', fishQuoted(word(name)), '-d', fishQuoted(summary)]),
  );
  const flags = options.map((option) => line(`__nodemend_at ${fishQuoted(path)}`, optionWords(option)));
  const last = all.length - 1;
  const others = all.map((value, index) =>
    line(argumentAt(path, index, repeats && index === last ? 99 : index), valueWords(value)),
  );
  return [...children, ...flags, ...others];
}

function argumentAt(path: string, first: number, last: number): string {
  return `__nodemend_argument ${fishQuoted(path)} ${first} ${last}`;
}

function line(condition: string, words: readonly string[]): string {
  return ['complete -c nodemend', '-n', fishQuoted(condition), ...words].join(' ');
}

function optionWords({ flags, description, value }: CompletedOption): readonly string[] {
  const names = flags.flatMap((flag) => (flag.startsWith('--') ? ['-l', flag.slice(2)] : ['-s', flag.slice(1)]));
  return [...names, ...(value === undefined ? [] : ['-r', ...valueWords(value)]), '-d', fishQuoted(description)];
}

/** `-F` lets files in that the program as a whole keeps out. */
function valueWords({ words, files, runs }: ValueKind): readonly string[] {
  const offered = [...words.map(word), ...(runs ? ['(__nodemend_runs)'] : [])].join(' ');
  return [files ? '-F' : '-f', ...(offered === '' ? [] : ['-a', fishQuoted(offered)])];
}

/** The list of `-a` is read as fish reads a command line. */
function word(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : fishQuoted(text);
}
