import type { CompletedCommand } from './command-tree.ts';
import { caseFunctions } from './case-function.ts';
import script from './nodemend.zsh?raw';
import { quoted } from './quote.ts';
import { kindName, type ValueKind } from './value-kinds.ts';

/** A script for zsh: to be sourced behind compinit, or as the file `_nodemend` of a folder in fpath. */
export function zshCompletion(tree: readonly CompletedCommand[]): string {
  const kind = (value: ValueKind): string => `kind=${kindName(value)} values=(${value.words.map(quoted).join(' ')})`;
  const functions = caseFunctions(tree, { behind, kind });
  return [script, ...functions, start].join('\n');
}

/** Called by zsh itself where the file was found in fpath; else it introduces itself. */
const start = 'if [[ $funcstack[1] == _nodemend ]]; then _nodemend "$@"; else compdef _nodemend nodemend; fi\n';

function behind({ commands, options }: CompletedCommand): string {
  const children = commands.map(({ name, summary }) => described(name, summary));
  const flags = options.flatMap((option) => option.flags.map((flag) => described(flag, option.description)));
  return `commands=(${children.join(' ')}) options=(${flags.join(' ')})`;
}

/** _describe parts name and description at the first colon that has no backslash. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', String.raw`\:`)}:${description}`);
}
