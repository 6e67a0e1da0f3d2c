import type { CompletedCommand } from './command-tree.ts';
import { caseFunction, numberPatterns, type Case } from './case-function.ts';
import script from './nodemend.bash?raw';
import { quoted } from './quote.ts';
import { kindName, type ValueKind } from './value-kinds.ts';

/** A script for bash to source. */
export function bashCompletion(tree: readonly CompletedCommand[]): string {
  const functions = [
    caseFunction('_nodemend_behind', '"$1"', tree.map(behind)),
    caseFunction('_nodemend_value', '"$1 $2"', tree.flatMap(values)),
    caseFunction('_nodemend_argument', '"$1 $2"', tree.flatMap(argumentsOf)),
  ];
  return [script, ...functions].join('\n');
}

function behind({ path, commands, options }: CompletedCommand): Case {
  return {
    patterns: [quoted(path)],
    body: `commands=(${list(commands.map(({ name }) => name))}) options=(${list(options.flatMap(({ flags }) => flags))})`,
  };
}

function values({ path, options }: CompletedCommand): readonly Case[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined ? [] : [{ patterns: flags.map((flag) => quoted(`${path} ${flag}`)), body: kind(value) }],
  );
}

function argumentsOf({ path, arguments: all, repeats }: CompletedCommand): readonly Case[] {
  return all.map((value, index) => ({
    patterns: numberPatterns(path, index, repeats && index === all.length - 1),
    body: kind(value),
  }));
}

function kind(value: ValueKind): string {
  return `kind=${kindName(value)} words=(${list(value.words)})`;
}

function list(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}
