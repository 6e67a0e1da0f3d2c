import type { Change } from '../../../app/evidence/changes.ts';
import type { Look } from '../../../app/evidence/watch.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { knownError } from '../../../errors/known-error.ts';
import type { Finding } from '../../../problems/problem.ts';
import { printableLine } from '../../../text/printable.ts';
import { shortInstant } from '../instant.ts';
import type { RenderContext } from '../render-context.ts';
import { subjectName } from './subject.ts';

/** The cause in one sentence, and of what could not be seen why. */
export function findingWords(finding: Finding, { t }: Texts): string {
  const { problem, text } = finding;
  const cause = t(`problems.${problem}.${text.key}`, mergeParams([text.params]));
  return finding.status === 'unknown' ? `${cause} (${t(`reason.${finding.reason}.what`)})` : cause;
}

/** What a look that is not the first has to tell: a line for each change, never cut; nothing where nothing changed. */
export function changeLines(look: Exclude<Look, { kind: 'first' }>, context: RenderContext): readonly string[] {
  const { t } = context.texts;
  if (look.kind === 'failed') return [failedLine(look, context)];
  const at = shortInstant(look.report.evidence.collectedAt);
  return [
    ...(look.answered ? [`${at}  ${t('watch.answered')}`] : []),
    ...look.changes.map((change) => printableLine([at, ...changeCells(change, context)].join('  '))),
  ];
}

/** For people, one line; its code leads to more. */
export function failedLine({ at, error }: Extract<Look, { kind: 'failed' }>, { texts }: RenderContext): string {
  const { code, params } = knownError(error);
  const { cause } = texts.error(code, params);
  const words = texts.t('watch.failed', { cause });
  return printableLine(`${shortInstant(at.toISOString())}  ${texts.t('status.unknown')}  ${words} [${code}]`);
}

function changeCells(change: Change, { texts, paint }: RenderContext): readonly string[] {
  const { kind, finding } = change;
  const { t } = texts;
  const { problem, rule, status, subject } = finding;
  const from = kind === 'changed' && change.was.status !== status ? `${t(`status.${change.was.status}`)} → ` : '';
  const tone = status === 'pass' ? 'ok' : status === 'not-looked-at' ? 'quiet' : status;
  const head =
    'severity' in finding
      ? t('findings.head', { problem, rule, severity: t(`severity.${finding.severity}`) })
      : `${problem} ${rule}`;
  return [
    t(`watch.${kind}`),
    `${from}${kind === 'gone' || kind === 'left' ? t(`status.${status}`) : paint(tone, t(`status.${status}`))}`,
    subjectName(subject),
    `${head}: ${findingWords(finding, texts)}`,
  ];
}
