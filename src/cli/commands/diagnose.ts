import { Command, Option } from 'commander';
import { readingExit } from '../../engine/diagnose.ts';
import type { Severity } from '../../problems/problem.ts';
import { diagnose } from '../../app/evidence/diagnose.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withProblems, type Loaded } from '../../app/problems/with-problems.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import {
  collectWords,
  severities,
  withAccess,
  withCommon,
  withFurtherReads,
  withOutput,
  withSecrets,
  withTargets,
  type OutputOptions,
} from '../options/shared.ts';
import { findingsDocument } from '../../app/documents/findings/document.ts';
import { renderFindingsMarkdown } from '../render/findings/markdown.ts';
import { renderFindings } from '../render/findings/view.ts';
import { renderFindingsWide } from '../render/findings/wide.ts';
import type { FindingsReport } from '../../app/documents/findings/report.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession } from '../options/open-session.ts';
import { createTexts, type Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { AccessOptions, SecretOptions, TargetOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { bundleOption } from '../options/bundle.ts';

interface DiagnoseOptions extends TargetOptions, AccessOptions, SecretOptions, OutputOptions {
  readonly only?: readonly string[];
  readonly threshold: Severity;
  readonly bundle?: string;
  readonly since?: string;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('diagnose')
    .summary(t('command.diagnose.summary'))
    .description(t('command.diagnose.description'));
  return withOutput(withSecrets(withFurtherReads(withAccess(withTargets(withCommon(command, t), t), t), t), t), t)
    .argument('[problems...]', t('argument.problemsToFind'))
    .addOption(new Option('--only <problem>', t('option.only')).argParser(collectWords))
    .addOption(new Option('--threshold <severity>', t('option.threshold')).choices(severities).default('low'))
    .addOption(bundleOption(t))
    .addOption(new Option('--since <bundle>', t('option.since')))
    .action((named: readonly string[], options: DiagnoseOptions) =>
      run((context) => diagnoseCommand(context, withNamed(options, named))),
    );
}

/** `diagnose <problem>` is `diagnose --only <problem>`. */
function withNamed(options: DiagnoseOptions, named: readonly string[]): DiagnoseOptions {
  return named.length === 0 ? options : { ...options, only: [...new Set([...(options.only ?? []), ...named])] };
}

async function diagnoseCommand(given: CommandContext, options: DiagnoseOptions): Promise<number> {
  const { only, bundle, since } = options;
  const context = await withProblems(given, knownProblems(only ?? [], 'diagnose'));
  const asked = only && context.problems;
  const session = await openSession(context, options, 'diagnose');
  const report = await diagnose({ session, asked, bundle, since }, context);
  const exit = readingExit(report.diagnosis, options.threshold);
  const format = options.output ?? session.configuration.output ?? 'table';
  await writeResult(
    await render(report, format, { context, texts: session.texts, repeat: session.repeat, options }),
    options.out,
    context,
  );
  return exit;
}

interface RenderOptions {
  readonly context: CommandContext & Loaded;
  readonly texts: Texts;
  readonly repeat: readonly string[];
  readonly options: DiagnoseOptions;
}

function render(
  report: FindingsReport,
  format: OutputFormat,
  { context, texts, repeat, options }: RenderOptions,
): Promise<string> {
  const view = contextFor(context.output.data, texts);
  const nextCommand = { repeat, bundle: options.bundle !== undefined };
  return inFormat(format, {
    document: () =>
      findingsDocument(report, readingExit(report.diagnosis, options.threshold), createTexts('en', context.problems)),
    table: () => renderFindings(report, nextCommand, view),
    wide: () => renderFindingsWide(report, view),
    markdown: () => renderFindingsMarkdown(report, nextCommand, texts),
  });
}
