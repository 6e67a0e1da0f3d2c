import type { Command } from 'commander';
import { examine } from '../../app/session/doctor.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { documentFormats, nodesCommand, outputOption } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { renderDoctor } from '../render/doctor/view.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { NodesOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface DoctorOptions extends NodesOptions {
  readonly output: OutputFormat;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return nodesCommand('doctor', t)
    .addOption(outputOption(t, documentFormats))
    .action((options: DoctorOptions) => run((context) => doctor(context, options)));
}

async function doctor(context: CommandContext, options: DoctorOptions): Promise<number> {
  const session = await openSession(context, options, 'doctor');
  const document = await examine(session, context);
  const { rows, exitCode: exit } = document;
  const { data } = context.output;
  const next = exit === 3 || exit === 5 ? undefined : commandLine(['nodemend', 'diagnose', ...session.repeat]);
  const views = {
    document: () => document,
    table: () => renderDoctor(rows, next, contextFor(data, session.texts)),
  };
  data.write(await inFormat(options.output, views));
  return exit;
}
