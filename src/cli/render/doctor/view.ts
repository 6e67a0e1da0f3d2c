import { isErrorCode } from '../../../errors/error-code.ts';
import { ungrouped, type DoctorRow, type DoctorText } from '../../../engine/doctor/row.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { printable, printableLine } from '../../../text/printable.ts';
import type { Tone } from '../paint.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { displayWidth } from '../width.ts';
import { hanging, indented, wrapSentence } from '../wrap.ts';

const tones = {
  ok: 'ok',
  warn: 'warn',
  fail: 'fail',
  unknown: 'unknown',
  'not-looked-at': 'quiet',
} as const satisfies Record<DoctorRow['state'], Tone>;

/**
 * The rows of `doctor`: state, what was found, the next step below it. What is to be copied (a role) comes after the
 * rows, at the left edge, because YAML's `---` is one only there.
 */
export function renderDoctor(rows: readonly DoctorRow[], next: string | undefined, context: RenderContext): string {
  const { texts, paint, width } = context;
  const { t } = texts;
  const labelWidth = Math.max(...rows.map(({ state }) => displayWidth(t(`doctorState.${state}`))));
  return joinBlocks([
    rows.flatMap((row) => rowLines(row, labelWidth, context)),
    ...rows.flatMap(({ attachment }) => (attachment === undefined ? [] : [attachmentLines(attachment)])),
    wrapSentence(summary(rows, t), width),
    next === undefined ? [] : [`${paint('place', t('next'))} ${printable(next)}`],
  ]);
}

function rowLines(row: DoctorRow, labelWidth: number, context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const label = texts.t(`doctorState.${row.state}`);
  const { found, next } = wordsOf(row, texts);
  const start = labelWidth + 2;
  const gap = start - displayWidth(label);
  const nextLines = next === undefined ? [] : indented(wrapSentence(next, width - start - 2), `${' '.repeat(start)}→ `);
  return [...hanging({ text: label, tone: tones[row.state], gap }, found, context), ...nextLines];
}

/** The error behind a row says more than the row's own words, which only say that something failed. */
function wordsOf(
  { error, subject, text, next }: DoctorRow,
  texts: Texts,
): { readonly found: string; readonly next: string | undefined } {
  if (error && isErrorCode(error.code)) {
    const words = texts.error(error.code, error.params);
    const cause = `${words.cause} [${error.code}]`;
    return {
      found: subject === undefined ? cause : `${printable(groupName(subject, texts))}: ${cause}`,
      next: words.next,
    };
  }
  const say = ({ key, params }: DoctorText): string => {
    const { group, reason } = params;
    return texts.t(key, {
      ...params,
      ...(group === undefined ? {} : { group: groupName(String(group), texts) }),
      ...(reason === undefined ? {} : { reason: reasonWords(String(reason), texts) }),
    });
  };
  return { found: say(text), next: next && say(next) };
}

/** Why something could not be seen, as every command says it. */
function reasonWords(reason: string, { t, has }: Texts): string {
  return has(`reason.${reason}.what`) ? t(`reason.${reason}.what`) : reason;
}

function groupName(group: string, { t }: Texts): string {
  return group === ungrouped ? t('doctor.ungrouped') : group;
}

function attachmentLines(attachment: string): readonly string[] {
  return attachment.trimEnd().split('\n').map(printableLine);
}

function summary(rows: readonly DoctorRow[], t: Texts['t']): string {
  const count = (state: DoctorRow['state']): number => rows.filter((row) => row.state === state).length;
  if (count('fail') > 0) return t('doctorSummary.fail', { count: count('fail') });
  if (count('unknown') > 0) return t('doctorSummary.unknown', { count: count('unknown') });
  if (count('warn') > 0) return t('doctorSummary.warn', { count: count('warn') });
  return t(count('not-looked-at') > 0 ? 'doctorSummary.partly' : 'doctorSummary.ok');
}
