import type { Argument, Option } from 'commander';
import { catalogue } from '../../errors/catalogue.ts';
import { statusWords } from '../../messages/status-word.ts';
import { problemCatalogue } from '../../problems/index.ts';

/**
 * What may stand at a place of the command line, as far as it is known without asking anybody: words of a list, files,
 * runs whose journal is on this machine. `words` may come with files: what is not a word may be a path.
 */
export interface ValueKind {
  readonly words: readonly string[];
  readonly files: boolean;
  readonly runs: boolean;
}

/** The shells that `completion` knows. */
export const completedShells = ['bash', 'zsh', 'fish'] as const;

const nothing: ValueKind = { words: [], files: false, runs: false };
const files: ValueKind = { ...nothing, files: true };
const problemIds = problemCatalogue.map(({ meta }) => meta.id);

/**
 * Of an option or an argument, by the name that stands for its value in the help. What is not named here cannot be
 * known.
 */
const byPlaceholder: Readonly<Record<string, ValueKind>> = {
  'option file': files,
  'option bundle': files,
  'option problem': { ...nothing, words: problemIds },
  'option id': { ...nothing, words: problemCatalogue.flatMap(({ meta }) => meta.remedies ?? []) },
  'option disruption': { ...nothing, words: ['reboot', 'restart'] },
  'argument problem': { ...nothing, words: problemIds },
  'argument problems': { ...nothing, words: problemIds },
  'argument plan-or-problems': { ...files, words: problemIds },
  'argument topic': { ...nothing, words: [...problemIds, ...statusWords, ...Object.keys(catalogue)] },
  'argument shell': { ...nothing, words: completedShells },
  'argument run': { ...nothing, runs: true },
  'argument path': files,
  'argument name-or-file': files,
};

/** Some options have a placeholder that says less than the option itself. */
const byOption: Readonly<Record<string, ValueKind>> = {
  '--fault': { ...nothing, words: problemCatalogue.flatMap(({ meta }) => meta.faults) },
};

/** Undefined for an option that takes no value. */
export function optionKind({ flags, long, argChoices }: Option): ValueKind | undefined {
  const placeholder = /[<[](.+)[>\]]/.exec(flags)?.[1];
  if (placeholder === undefined) return undefined;
  if (argChoices !== undefined) return { ...nothing, words: argChoices };
  return byOption[long ?? ''] ?? byPlaceholder[`option ${placeholder.replace('...', '')}`] ?? nothing;
}

export function argumentKind(argument: Argument): ValueKind {
  return byPlaceholder[`argument ${argument.name()}`] ?? nothing;
}

/** For the scripts of the shells. Never empty: that an option takes a value is known by it. */
export function kindName({ words, files: withFiles, runs }: ValueKind): string {
  const names = [...(words.length > 0 ? ['words'] : []), ...(withFiles ? ['files'] : []), ...(runs ? ['runs'] : [])];
  return names.join('-') || 'free';
}
