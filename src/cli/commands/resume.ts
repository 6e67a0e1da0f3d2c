import { Option, type Command } from 'commander';
import { resumeRun } from '../../engine/resume.ts';
import type { RunCommand } from '../command-context.ts';
import { readPlanFile } from '../read-plan-file.ts';
import { runAgainCommand, type RunAgain } from '../run-again.ts';
import type { Texts } from '../text.ts';

export function define(texts: Texts, run: RunCommand): Command {
  const resume: RunAgain = {
    name: 'resume',
    extend: (command) => command.addOption(new Option('--plan <file>', texts.t('option.plan'))),
    carryOut: async (world, { plan: file }, context) =>
      resumeRun(file === undefined ? world : { ...world, plan: { plan: await readPlanFile(file, context), file } }),
  };
  return runAgainCommand(resume, texts, run);
}
