import { egressGroups, type AskedQuota, type EgressGroup } from '../../engine/rate-limit/quota.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { renderColumns, type Cell } from './columns.ts';
import { knownError } from './error.ts';
import { mergeParams } from './merge-params.ts';
import { joinBlocks, type RenderContext } from './render-context.ts';
import { indented, labelled, wrapSentence } from './wrap.ts';

/** Who shares which address with how many pulls left; then what could not be found out, each cause once. */
export function renderRateLimit(asked: readonly AskedQuota[], context: RenderContext): string {
  return joinBlocks([groupTable(egressGroups(asked), context), refusedBlock(asked, context), ...unknownBlocks(asked, context)]);
}

function groupTable(groups: readonly EgressGroup[], { texts: { t }, paint, width }: RenderContext): readonly string[] {
  if (groups.length === 0) return [];
  const columns = [{ header: t('column.source') }, { header: t('column.left'), align: 'right' }, { header: t('column.window') }, { header: t('column.askedFrom'), atLeast: 12 }] as const;
  const rows = groups.map((group): readonly Cell[] => [
    { text: group.source ?? t('rateLimit.noSource') },
    { text: `${group.remaining ?? '?'} / ${group.limit ?? '?'}`, tone: toneOf(group) },
    { text: windowText(group.windowSeconds, t) },
    { text: placeText(group, t) },
  ]);
  return renderColumns(columns, rows, paint, width);
}

function toneOf({ remaining, limit = 0 }: EgressGroup): 'ok' | 'warn' | 'fail' {
  if (remaining === undefined) return 'warn';
  if (remaining <= 0) return 'fail';
  return remaining < limit / 10 ? 'warn' : 'ok';
}

function windowText(seconds: number | undefined, t: RenderContext['texts']['t']): string {
  return seconds === undefined ? '?' : t('rateLimit.hours', { hours: Math.round(seconds / 360) / 10 });
}

function placeText({ here, nodes }: Pick<EgressGroup, 'here' | 'nodes'>, t: RenderContext['texts']['t']): string {
  return [...(here ? [t('rateLimit.here')] : []), ...(nodes.length === 0 ? [] : [foldNodes(nodes)])].join(', ');
}

function refusedBlock(asked: readonly AskedQuota[], context: RenderContext): readonly string[] {
  const refused = asked.filter(({ quota }) => quota.state === 'refused');
  if (refused.length === 0) return [];
  const { t } = context.texts;
  const places = placeText({ here: refused.some(({ node }) => node === undefined), nodes: refused.flatMap(({ node }) => node ?? []) }, t);
  return labelled({ text: t('status.fail'), tone: 'fail' }, t('rateLimit.refused', { places }), context);
}

function unknownBlocks(asked: readonly AskedQuota[], context: RenderContext): readonly (readonly string[])[] {
  const errors = asked.flatMap(({ quota }) => (quota.state === 'unknown' ? [knownError(quota.error)] : []));
  const { texts, width } = context;
  return [...Map.groupBy(errors, ({ code }) => code)].map(([code, same]) => {
    const { cause, next } = texts.error(code, mergeParams(same.map(({ params }) => params)));
    return [...labelled({ text: texts.t('status.unknown'), tone: 'unknown' }, cause, context), ...indented(wrapSentence(next, width - 2), '  ')];
  });
}
