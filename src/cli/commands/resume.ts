import type { Command } from 'commander';
import { resume } from '../../app/runs/run-again.ts';
import type { RunCommand } from '../command-context.ts';
import { runAgainCommand } from '../runs/run-again.ts';
import type { Texts } from '../../app/texts/texts.ts';

export function define(texts: Texts, run: RunCommand): Command {
  return runAgainCommand(
    { name: 'resume', carryOut: (request, _options, ports) => resume(request, ports) },
    texts,
    run,
  );
}
