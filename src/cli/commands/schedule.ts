import { Command, Option } from 'commander';
import { intervalWords, type IntervalWord } from '../../engine/schedule/interval.ts';
import { scheduleKinds } from '../../engine/schedule/schedule-record.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../../app/evidence/collect.ts';
import { languageOption, outputOption } from '../options/shared.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { renderSchedules } from '../render/schedule.ts';
import { wrapSentence } from '../render/wrap.ts';
import { install, type InstallOptions } from '../schedule/install-command.ts';
import { installedRecord, installedSchedules } from '../../app/schedule/schedule-folder.ts';
import { removeSchedule } from '../../app/schedule/remove-schedule.ts';
import { readScheduleNamed } from '../../app/schedule/read-named.ts';
import { runSchedule, type ScheduleRun } from '../../app/schedule/run-schedule.ts';
import { cronJobStatuses } from '../../app/schedule/cronjob-status.ts';
import { scheduleStatus, statusExit, type ScheduleStatus } from '../../app/schedule/schedule-status.ts';
import { openSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { TargetOptions } from '../options/session-options.ts';
import { diagnoseFormats, type OutputFormat } from '../../app/configuration/output-format.ts';

interface StatusOptions extends Pick<TargetOptions, 'kubeconfig' | 'context'> {
  readonly output: OutputFormat;
  readonly out?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const child = (name: string): Command =>
    new Command(name)
      .addOption(languageOption(t))
      .summary(t(`command.schedule-${name}.summary`))
      .description(t(`command.schedule-${name}.description`));
  return new Command('schedule')
    .summary(t('command.schedule.summary'))
    .description(t('command.schedule.description'))
    .addCommand(
      child('install')
        .argument('[command...]', t('argument.scheduled'))
        .usage('[options] -- <command...>')
        .addOption(new Option('--as <kind>', t('option.scheduleAs')).choices(scheduleKinds).makeOptionMandatory())
        .addOption(
          new Option('--every <interval>', t('option.scheduleEvery'))
            .choices(intervalWords)
            .default('day' satisfies IntervalWord),
        )
        .option('--at <time>', t('option.scheduleAt'))
        .option('--name <name>', t('option.scheduleName'))
        .option('--cap <size>', t('option.scheduleCap'))
        .option('--on-failure <command>', t('option.onFailure'))
        .option('--spread <seconds>', t('option.scheduleSpread'))
        .option('--image <image>', t('option.scheduleImage'))
        .option('--out <file>', t('option.scheduleOut'))
        .option('--yes', t('option.scheduleYes'))
        .action((words: readonly string[], options: InstallOptions) =>
          run((context) => install(context, words, options)),
        ),
    )
    .addCommand(
      child('status')
        .argument('[name]', t('argument.schedule'))
        .option('--kubeconfig <file>', t('option.kubeconfig'))
        .option('--context <name>', t('option.context'))
        .addOption(outputOption(t, diagnoseFormats))
        .addOption(new Option('--out <file>', t('option.out')))
        .action((name: string | undefined, options: StatusOptions) => run((context) => status(context, name, options))),
    )
    .addCommand(
      child('run')
        .argument('<name-or-file>', t('argument.scheduleOrFile'))
        .option('--if-due', t('option.ifDue'))
        .option('--sha256 <hash>', t('option.scheduleSha256'))
        .action((nameOrFile: string, { ifDue, sha256 }: { readonly ifDue?: boolean; readonly sha256?: string }) =>
          run(async (context) => {
            const record = await readScheduleNamed({ nameOrFile, sha256 }, context);
            const { data, notes } = context.output;
            const print: ScheduleRun['print'] = (stream, text) => (stream === 'stdout' ? data : notes).write(text);
            return runSchedule({ record, onlyIfDue: ifDue === true, print }, context);
          }),
        ),
    )
    .addCommand(
      child('remove')
        .argument('<name>', t('argument.schedule'))
        .option('--discard-edits', t('option.discardEdits'))
        .action((name: string, { discardEdits }: { readonly discardEdits?: boolean }) =>
          run((context) => remove(context, name, discardEdits === true)),
        ),
    );
}

async function status(context: CommandContext, name: string | undefined, options: StatusOptions): Promise<number> {
  const { texts, environment, output } = context;
  const names = name === undefined ? await installedSchedules(environment) : [name];
  const here = await Promise.all(
    names.map(async (one) => {
      const { record, folder } = await installedRecord(one, environment);
      return scheduleStatus(record, folder, context);
    }),
  );
  // Whoever names a cluster asks for what is in it.
  const asksCluster = options.kubeconfig !== undefined || options.context !== undefined;
  const statuses = [...here, ...(asksCluster ? await statusesInCluster(options, context) : [])];
  const view = contextFor(output.data, texts);
  const table = (full: boolean) => (): string =>
    statuses.length === 0 ? `${texts.t('schedule.none')}\n` : renderSchedules(statuses, view, full);
  await writeResult(
    await inFormat(options.output, {
      document: () => ({ schema: 'nodemend.dev/schedules/v1', schedules: statuses }),
      table: table(false),
      wide: table(true),
    }),
    options.out,
    context,
  );
  if (!asksCluster)
    output.notes.write(
      wrapSentence(texts.t('schedule.elsewhere'), output.notes.width)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return statusExit(statuses);
}

async function statusesInCluster(options: StatusOptions, context: CommandContext): Promise<readonly ScheduleStatus[]> {
  const session = await openSession(context, options, 'schedule status');
  return withOpened(session, async ({ api }) => (api ? cronJobStatuses(api, context.interrupt) : []));
}

async function remove(context: CommandContext, name: string, discardEdits: boolean): Promise<number> {
  const { record, folder } = await installedRecord(name, context.environment);
  const removed = await removeSchedule({ record, folder, discardEdits }, context);
  context.output.data.write(
    `${context.texts.t('schedule.removed', { name })}\n${removed.map((part) => `  ${part}\n`).join('')}`,
  );
  return 0;
}
