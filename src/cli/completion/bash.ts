import { caseFunctions } from './case-function.ts';
import type { CompletedCommand } from './command-tree.ts';
import script from './nodemend.bash?raw';
import { quoted } from './quote.ts';
import { kindName } from './value-kinds.ts';

/** A script for bash to source. */
export function bashCompletion(tree: readonly CompletedCommand[]): string {
  const functions = caseFunctions(tree, {
    behind: ({ commands, options }) =>
      `commands=(${list(commands.map(({ name }) => name))}) options=(${list(options.flatMap(({ flags }) => flags))})`,
    kind: (value) => `kind=${kindName(value)} words=(${list(value.words)})`,
  });
  return [script, ...functions].join('\n');
}

function list(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}
