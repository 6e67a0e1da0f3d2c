import type { Command } from 'commander';
import { undoRun } from '../../engine/undo.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import type { RunCommand } from '../command-context.ts';
import { runAgainCommand, type RunAgain } from '../run-again.ts';
import { allowOption } from '../../app/runs/run-world.ts';
import type { Texts } from '../../app/texts/texts.ts';

export function define(texts: Texts, run: RunCommand): Command {
  const carryOut: RunAgain['carryOut'] = (world, { nodes }) =>
    undoRun(nodes === undefined ? world : { ...world, only: expandNodes(nodes) });
  return runAgainCommand(
    { name: 'undo', carryOut, extend: (command) => command.addOption(allowOption(texts.t)) },
    texts,
    run,
  );
}
