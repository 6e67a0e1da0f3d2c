import type { Command } from 'commander';
import { resumeRun } from '../../engine/resume.ts';
import type { RunCommand } from '../command-context.ts';
import { runAgainCommand } from '../run-again.ts';
import type { Texts } from '../../app/texts/texts.ts';

export function define(texts: Texts, run: RunCommand): Command {
  return runAgainCommand({ name: 'resume', carryOut: resumeRun }, texts, run);
}
