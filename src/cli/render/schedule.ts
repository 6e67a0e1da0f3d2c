import { batchSizeText } from '../../engine/rollout/batch-size.ts';
import { selectionText } from '../../engine/schedule/require-approved.ts';
import type { Interval } from '../../engine/schedule/interval.ts';
import { shownCommand, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { capOf, type StandingApproval } from '../../engine/schedule/standing-approval.ts';
import type { Installation } from '../../app/schedule/install-schedule.ts';
import type { LastRun, ScheduleStatus } from '../../app/schedule/schedule-status.ts';
import { printable } from '../../text/printable.ts';
import { renderColumns, type Cell } from './columns.ts';
import { shortInstant } from './instant.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import type { Tone } from './paint.ts';
import { joinBlocks, type RenderContext } from './render-context.ts';
import { displayWidth, padEnd } from './width.ts';
import { hanging, wrapSentence } from './wrap.ts';

export interface InstallView {
  readonly record: Omit<ScheduleRecord, 'written'>;
  readonly approval: StandingApproval | undefined;
  /** Nodes that are selected today. */
  readonly selected: number;
  readonly installation: Installation;
}

/** What is about to be installed, whole: its command, what it may do without being asked, and each file. */
export function renderInstallation(
  { record, approval, selected, installation }: InstallView,
  context: RenderContext,
): string {
  const { t } = context.texts;
  const row = (key: string, text: string): readonly string[] =>
    hanging({ text: `${t(`schedule.${key}`)}:`, tone: 'strong', gap: 1 }, text, context);
  return joinBlocks([
    [
      ...row('command', commandLine(shownCommand(record))),
      ...row('when', `${intervalText(record.rhythm, context)} ${t(`schedule.by.${byKey(record.kind)}`)}`),
      ...(record.onFailure ? row('onFailure', commandLine(record.onFailure)) : []),
    ],
    approval ? approvalLines(approval, selected, context) : [],
    ...installation.files.map(({ path, text }) => [t('schedule.file', { path }), ...indent(text)]),
    installation.crontab === undefined ? [] : [t('schedule.crontab'), ...indent(installation.crontab)],
  ]);
}

function approvalLines(
  { target, problems, source, selection, cap, paths, remedies, allow }: StandingApproval,
  selected: number,
  context: RenderContext,
): readonly string[] {
  const { t } = context.texts;
  const keys = ['target', 'problems', 'source', 'selection', 'cap', 'paths', 'remedies', 'allow'].map((key) =>
    t(`schedule.approval.${key}`),
  );
  const widest = Math.max(...keys.map(displayWidth));
  const row = (key: string, text: string): readonly string[] =>
    hanging({ text: `  ${padEnd(t(`schedule.approval.${key}`), widest)}`, tone: 'quiet', gap: 2 }, text, context);
  const capWords =
    'nodes' in cap
      ? t('schedule.cap.number', { count: cap.nodes })
      : t('schedule.cap.share', {
          share: batchSizeText(cap),
          count: Math.min(capOf(cap, selected), selected),
          selected,
        });
  return [
    ...wrapSentence(t('schedule.approval.title'), context.width),
    ...row(
      'target',
      target.kind === 'cluster'
        ? `${target.context} (${target.server})`
        : t('schedule.approval.hosts', { sha256: target.sha256.slice(0, 12) }),
    ),
    ...row('problems', problems.join(', ')),
    ...(source ? row('source', `${source.path} (SHA-256 ${source.sha256.slice(0, 12)}…)`) : []),
    ...row(
      'selection',
      selectionText(selection) === '*'
        ? t(`schedule.approval.${target.kind === 'cluster' ? 'all' : 'listed'}`, { count: selected })
        : selectionText(selection),
    ),
    ...row('cap', capWords),
    ...(paths === undefined ? [] : row('paths', paths.join(', '))),
    ...(remedies.length === 0 ? [] : row('remedies', remedies.join(', '))),
    ...row('allow', allow.length === 0 ? t('schedule.approval.none') : allow.join(', ')),
  ];
}

function intervalText({ every, hour, minute }: Interval, { texts: { t } }: RenderContext): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return t(`schedule.every.${every}`, { time: `${two(hour)}:${two(minute)}`, minute: two(minute) });
}

/** Keys of texts have no dot in them. */
function byKey(kind: ScheduleRecord['kind']): string {
  return kind === 'cron.d' ? 'cron' : kind;
}

function indent(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`.trimEnd());
}

const tones: Readonly<Record<ScheduleStatus['state'], Tone>> = {
  ready: 'ok',
  running: 'place',
  edited: 'warn',
  gone: 'fail',
  stopped: 'fail',
  overdue: 'fail',
  unknown: 'warn',
};

/** Schedules and their last runs. */
export function renderSchedules(
  statuses: readonly ScheduleStatus[],
  { texts, paint, width }: RenderContext,
  full = false,
): string {
  const { t } = texts;
  const columns = [
    { header: t('column.schedule') },
    { header: t('column.as') },
    { header: t('column.state') },
    { header: t('column.next'), atLeast: 16 },
    { header: t('column.last') },
    { header: t('column.run'), atLeast: 12, optional: true },
    { header: t('column.command'), atLeast: 16, optional: true },
  ] as const;
  const rows = statuses.map(({ name, kind, state, next = '-', last, command }): readonly Cell[] => [
    { text: name },
    { text: kind },
    { text: t(`schedule.state.${state}`), tone: tones[state] },
    { text: shortInstant(next) },
    last ? { text: lastWords(last), tone: last.isGood ? 'ok' : 'fail' } : { text: t('schedule.never') },
    { text: last?.run ?? '-' },
    { text: commandLine(command) || '-' },
  ]);
  const notes = statuses.flatMap(({ name, state, parts, last, cron, error }) => [
    ...parts
      .filter((part) => part.state !== 'as-installed')
      .map((part) => `${name}: ${t(`schedule.part.${part.state}`, { part: part.part })}`),
    ...(state === 'unknown' && error ? [`${printable(name)}: ${texts.error(error.code, error.params).cause}`] : []),
    ...(cron === undefined ? [] : [`${name}: ${t(`schedule.cron.${cron}`)}`]),
    ...(state === 'overdue' ? [`${name}: ${t('schedule.overdue')}`] : []),
    ...(last?.error === undefined ? [] : [`${name}: ${t('schedule.error', { code: last.error })}`]),
  ]);
  return joinBlocks([
    renderColumns(columns, rows, paint, full ? undefined : width),
    notes.flatMap((line) => wrapSentence(line, width)),
  ]);
}

function lastWords({ verdict, exitCode, startedAt }: LastRun): string {
  return [verdict, ...(exitCode === undefined ? [] : [`(${exitCode})`]), shortInstant(startedAt)].join(' ');
}
