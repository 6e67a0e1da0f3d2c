import { Argument, Command } from 'commander';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { bashCompletion } from '../completion/bash.ts';
import { commandTree, type CompletedCommand } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { languageOption } from '../options.ts';
import type { Texts } from '../text.ts';

const scripts: Readonly<Record<string, (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function define({ t }: Texts, run: RunCommand): Command {
  return new Command('completion')
    .summary(t('command.completion.summary'))
    .description(t('command.completion.description'))
    .addArgument(new Argument('<shell>', t('argument.shell')).choices(Object.keys(scripts)))
    .addOption(languageOption(t))
    .action((shell: string) => run((context) => completion(context, shell)));
}

async function completion({ texts, output }: CommandContext, shell: string): Promise<number> {
  // It completes all commands, this one too: loaded here, because each command's file is loaded by that one.
  const { buildProgram } = await import('../program.ts');
  const tree = commandTree(await buildProgram(texts, () => Promise.resolve()));
  output.data.write(scripts[shell]?.(tree) ?? '');
  return 0;
}
