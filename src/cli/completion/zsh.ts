import type { CompletedCommand } from './command-tree.ts';
import { caseFunction, numberPatterns, type Case } from './case-function.ts';
import script from './nodemend.zsh?raw';
import { quoted } from './quote.ts';
import { kindName, type ValueKind } from './value-kinds.ts';

/** A script for zsh: to be sourced behind compinit, or as the file `_nodemend` of a folder in fpath. */
export function zshCompletion(tree: readonly CompletedCommand[]): string {
  const functions = [
    caseFunction('_nodemend_behind', '"$1"', tree.map(behind)),
    caseFunction('_nodemend_value', '"$1 $2"', tree.flatMap(values)),
    caseFunction('_nodemend_argument', '"$1 $2"', tree.flatMap(argumentsOf)),
  ];
  return [script, ...functions, start].join('\n');
}

/** Called by zsh itself where the file was found in fpath; else it introduces itself. */
const start = 'if [[ $funcstack[1] == _nodemend ]]; then _nodemend "$@"; else compdef _nodemend nodemend; fi\n';

function behind({ path, commands, options }: CompletedCommand): Case {
  const children = commands.map(({ name, summary }) => described(name, summary));
  const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)));
  return { patterns: [quoted(path)], body: `commands=(${children.join(' ')}) options=(${flags.join(' ')})` };
}

/** _describe parts name and description at the first colon that has no backslash. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', String.raw`\:`)}:${description}`);
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
  return `kind=${kindName(value)} values=(${value.words.map(quoted).join(' ')})`;
}
