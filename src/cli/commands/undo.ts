import type { Command } from 'commander';
import { undo } from '../../app/runs/run-again.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import type { RunCommand } from '../command-context.ts';
import { runAgainCommand, type RunAgain } from '../runs/run-again.ts';
import { allowOption } from '../options/rollout.ts';
import type { Texts } from '../../app/texts/texts.ts';

export function define(texts: Texts, run: RunCommand): Command {
  const carryOut: RunAgain['carryOut'] = (request, { nodes }, ports) =>
    undo({ ...request, only: nodes === undefined ? undefined : expandNodes(nodes) }, ports);
  return runAgainCommand(
    { name: 'undo', carryOut, extend: (command) => command.addOption(allowOption(texts.t)) },
    texts,
    run,
  );
}
