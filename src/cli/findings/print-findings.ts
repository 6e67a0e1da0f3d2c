import { diagnose } from '../../app/evidence/diagnose.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { findingsDocument, unfoldingFindings } from '../../app/documents/findings/document.ts';
import type { FindingsDocument } from '../../app/documents/findings/schema.ts';
import { jsonLine, jsonPieces } from '../../app/documents/json-text.ts';
import type { FindingsReport } from '../../app/documents/findings/report.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { withProblems, type Loaded } from '../../app/problems/with-problems.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { readingExit } from '../../engine/diagnose.ts';
import type { Severity } from '../../problems/problem.ts';
import type { CommandContext } from '../command-context.ts';
import { diagnosisWords, type DiagnosisOptions } from '../options/diagnosis.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { AccessOptions, SecretOptions, TargetOptions } from '../options/session-options.ts';
import type { OutputOptions } from '../options/shared.ts';
import { troubledNames } from '../render/findings/subject.ts';
import { renderFindingsMarkdown } from '../render/findings/markdown.ts';
import { renderFindings } from '../render/findings/view.ts';
import { renderFindingsWide } from '../render/findings/wide.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { writeResult } from '../render/write-result.ts';
import { askingOnce, requireStreamed, watchFindings, watchInterval, type WatchOptions } from './watch-findings.ts';

export interface DiagnoseOptions
  extends TargetOptions, AccessOptions, SecretOptions, OutputOptions, WatchOptions, DiagnosisOptions {
  readonly only?: readonly string[];
  readonly threshold: Severity;
  readonly bundle?: string;
}

/** What `diagnose` does; apart from its options, because its help needs none of it. @returns the exit code */
export async function printFindings(given: CommandContext, options: DiagnoseOptions): Promise<number> {
  const { only, bundle, since, to: upgradeTo } = options;
  const intervalSeconds = watchInterval(options, 'diagnose');
  const context = await withProblems(
    intervalSeconds === undefined ? given : askingOnce(given),
    knownProblems(only ?? [], 'diagnose'),
  );
  const asked = only && context.problems;
  const session = await openSession(context, options, 'diagnose');
  const format = options.output ?? session.configuration.output ?? 'table';
  const { threshold } = options;
  if (intervalSeconds !== undefined) {
    requireStreamed(format, 'diagnose');
    const renderFirst = (report: FindingsReport): Promise<string> =>
      render(report, format, { context, session, options });
    return watchFindings({ session, asked, upgradeTo, intervalSeconds, format, threshold, renderFirst }, context);
  }
  const report = await diagnose({ session, asked, bundle, since, upgradeTo }, context);
  const exitCode = readingExit(report.diagnosis, threshold);
  const text =
    format === 'json'
      ? jsonPieces(unfoldingFindings(report, exitCode, createTexts('en', context.problems)))
      : await render(report, format, { context, session, options });
  await writeResult(text, options.out, context);
  return exitCode;
}

interface RenderOptions {
  readonly context: CommandContext & Loaded;
  readonly session: CommandSession;
  readonly options: DiagnoseOptions;
}

function render(
  report: FindingsReport,
  format: OutputFormat,
  { context, session: { texts, repeat, repeatAccess }, options }: RenderOptions,
): Promise<string> {
  const view = contextFor(context.output.data, texts);
  const { only = [] } = options;
  const nextCommand = {
    repeat,
    repeatAccess,
    asked: only.flatMap((id) => ['--only', id]),
    diagnosedWith: diagnosisWords(options),
    problems: context.problems,
    bundle: options.bundle !== undefined,
  };
  const document = (): FindingsDocument =>
    findingsDocument(report, readingExit(report.diagnosis, options.threshold), createTexts('en', context.problems));
  // In a stream each document has one line, including the first.
  if (options.watch === true && format === 'json') return Promise.resolve(jsonLine(document()));
  return inFormat(format, {
    document,
    table: () => renderFindings(report, nextCommand, view),
    wide: () => renderFindingsWide(report, view),
    markdown: () => renderFindingsMarkdown(report, nextCommand, texts),
    names: () => troubledNames(report.diagnosis.findings),
  });
}
