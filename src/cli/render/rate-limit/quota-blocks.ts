import { secretText } from '../../../evidence/rate-limit/secret-name.ts';
import type { PullPace } from '../../../engine/rate-limit/group-pulls.ts';
import { isTight, type AskedQuota, type EgressGroup } from '../../../engine/rate-limit/quota.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { measured, type RateLimitReport } from '../../../engine/rate-limit/report.ts';
import { renderColumns, type Cell, type Column } from '../columns.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { formatDuration } from '../../../locales/quantity.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';
import { knownError } from '../../../errors/known-error.ts';

/** Who shares what; with a pace, where one was measured. */
export function groupTable(report: RateLimitReport, { texts: { t }, paint, width }: RenderContext): readonly string[] {
  const { groups } = report;
  if (groups.length === 0) return [];
  const paces = measured(report)?.grouped.groups;
  const paced = paces
    ? ([{ header: t('column.perHour'), align: 'right' }, { header: t('column.lasts') }] as const)
    : [];
  const columns: readonly Column[] = [
    { header: t('column.source') },
    { header: t('column.left'), align: 'right' },
    { header: t('column.window') },
    ...paced,
    { header: t('column.askedFrom'), atLeast: 12 },
  ];
  const rows = groups.map((group, index): readonly Cell[] => [
    { text: sourceText(group, t) },
    { text: `${group.remaining ?? '?'} / ${group.limit ?? '?'}`, tone: toneOf(group) },
    { text: windowText(group.windowSeconds, t) },
    ...(paces ? paceCells(paces[index], group, t) : []),
    { text: placeText(group, t) },
  ]);
  return renderColumns(columns, rows, paint, width);
}

function paceCells(
  pace: PullPace | undefined,
  { remaining }: EgressGroup,
  t: RenderContext['texts']['t'],
): readonly Cell[] {
  if (pace === undefined) return [{ text: '?' }, { text: '?' }];
  const { perHour, exhaustedInSeconds } = pace;
  const rounded = {
    text: perHour === undefined ? '?' : String(perHour < 10 ? Math.round(perHour * 10) / 10 : Math.round(perHour)),
  };
  if (exhaustedInSeconds === 0) return [rounded, { text: t('rateLimit.lastsNot'), tone: 'fail' }];
  if (exhaustedInSeconds !== undefined)
    return [rounded, { text: formatDuration(exhaustedInSeconds * 1000), tone: 'warn' }];
  return [rounded, { text: perHour === undefined || remaining === undefined ? '?' : t('rateLimit.lastsLonger') }];
}

export function sourceText({ source, sourceKind }: EgressGroup, t: RenderContext['texts']['t']): string {
  if (source === undefined) return t('rateLimit.noSource');
  return sourceKind === 'account' ? t('rateLimit.account', { source }) : source;
}

function toneOf(group: EgressGroup): 'ok' | 'warn' | 'fail' {
  if (group.remaining === undefined) return 'warn';
  if (group.remaining <= 0) return 'fail';
  return isTight(group) ? 'warn' : 'ok';
}

export function windowText(seconds: number | undefined, t: RenderContext['texts']['t']): string {
  return seconds === undefined ? '?' : t('rateLimit.hours', { hours: Math.round(seconds / 360) / 10 });
}

function placeText(
  { here, nodes, secrets }: Pick<EgressGroup, 'here' | 'nodes' | 'secrets'>,
  t: RenderContext['texts']['t'],
): string {
  const held = secrets.length === 0 ? [] : [t('rateLimit.secrets', { secrets: secrets.map(secretText).join(', ') })];
  return [...(here ? [t('rateLimit.here')] : []), ...held, ...(nodes.length === 0 ? [] : [foldNodes(nodes)])].join(
    ', ',
  );
}

export function refusedBlock(asked: readonly AskedQuota[], context: RenderContext): readonly string[] {
  const refused = asked.filter(({ quota }) => quota.state === 'refused');
  if (refused.length === 0) return [];
  const { t } = context.texts;
  const here = refused.some(({ node, secrets }) => node === undefined && secrets === undefined);
  const places = placeText(
    {
      here,
      nodes: refused.flatMap(({ node }) => node ?? []),
      secrets: refused.flatMap(({ secrets }) => secrets ?? []),
    },
    t,
  );
  return labelled({ text: t('status.fail'), tone: 'fail' }, t('rateLimit.refused', { places }), context);
}

export function deniedBlocks(asked: readonly AskedQuota[], context: RenderContext): readonly (readonly string[])[] {
  return errorBlocks(
    asked.flatMap(({ quota }) => (quota.state === 'denied' ? [quota.error] : [])),
    'fail',
    context,
  );
}

export function unknownBlocks(
  { asked, pulls, whatIfs = [] }: RateLimitReport,
  context: RenderContext,
): readonly (readonly string[])[] {
  const quotas = asked.flatMap(({ quota }) => (quota.state === 'unknown' ? [quota.error] : []));
  const events = pulls !== undefined && 'code' in pulls ? [pulls] : [];
  return errorBlocks(
    [...quotas, ...events, ...whatIfs.flatMap((one) => ('error' in one ? [one.error] : []))],
    'unknown',
    context,
  );
}

/** Each cause once; what kind of a cause it is (`context`) is a part of it. */
function errorBlocks(
  errors: readonly Error[],
  state: 'fail' | 'unknown',
  context: RenderContext,
): readonly (readonly string[])[] {
  const { texts, width } = context;
  const known = errors.map(knownError);
  return [...Map.groupBy(known, ({ code, params }) => `${code} ${params['context'] ?? ''}`).values()].map((same) => {
    const code = same[0]?.code ?? 'INTERNAL';
    const { cause, next } = texts.error(code, mergeParams(same.map(({ params }) => params)));
    return [
      ...labelled({ text: texts.t(`status.${state}`), tone: state }, `${cause} [${code}]`, context),
      ...indented(wrapSentence(next, width - 2), '  '),
    ];
  });
}
