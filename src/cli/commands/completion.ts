import { Command } from 'commander';
import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { bashCompletion } from '../completion/bash.ts';
import { commandTree, type CompletedCommand } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { completedShells } from '../completion/value-kinds.ts';
import { languageOption } from '../options/shared.ts';
import type { Texts } from '../../app/texts/texts.ts';

const scripts: Readonly<Record<(typeof completedShells)[number], (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function define({ t }: Texts, run: RunCommand): Command {
  return new Command('completion')
    .summary(t('command.completion.summary'))
    .description(t('command.completion.description'))
    .argument('<shell>', t('argument.shell'))
    .addOption(languageOption(t))
    .action((shell: string) => run((context) => completion(context, shell)));
}

async function completion({ texts, output }: CommandContext, asked: string): Promise<number> {
  const shell = knownShell(asked);
  // It completes all commands, this one too: loaded here, because each command's file is loaded by that one.
  const { buildProgram } = await import('../program.ts');
  const tree = commandTree(await buildProgram(texts, () => Promise.resolve()));
  output.data.write(scripts[shell](tree));
  return 0;
}

/** @throws NodemendError USAGE */
function knownShell(asked: string): (typeof completedShells)[number] {
  const shell = completedShells.find((one) => one === asked);
  if (shell !== undefined) return shell;
  const suggestion = nearestName(asked, completedShells);
  const params = {
    context: 'choice',
    command: 'completion',
    typed: 'shell',
    value: asked,
    choices: completedShells.join(', '),
  };
  throw new NodemendError('USAGE', suggestion === undefined ? params : { ...params, suggestion });
}
