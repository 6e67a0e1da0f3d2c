import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { measured, type RateLimitReport } from '../../../engine/rate-limit/report.ts';
import { formatDuration } from '../../../locales/quantity.ts';
import type { RenderContext } from '../render-context.ts';
import { wrapSentence } from '../wrap.ts';

/** Events tell their time to the second; nobody needs it that exactly. */
const minuteMs = 60_000;

/** What the pace was made from, and what it leaves out. */
export function pullsBlocks(
  report: RateLimitReport,
  { texts: { t }, width }: RenderContext,
): readonly (readonly string[])[] {
  const pulls = measured(report);
  if (pulls === undefined) return [];
  const { seen, grouped } = pulls;
  if (seen.since === undefined) return [wrapSentence(t('rateLimit.pullsNone'), width)];
  const { all, elsewhere } = grouped;
  const said = [
    t('rateLimit.pullsSeen', {
      window: formatDuration(Math.round((seen.until - seen.since) / minuteMs) * minuteMs),
      pulls: all.pulls,
      distinct: all.distinct,
    }),
    ...(all.perHour === undefined ? [t('rateLimit.pullsShort')] : []),
    t('rateLimit.pullsHow'),
  ];
  const others =
    elsewhere.pulls === 0
      ? []
      : wrapSentence(
          t('rateLimit.pullsElsewhere', { pulls: elsewhere.pulls, nodes: foldNodes(elsewhere.nodes) }),
          width,
        );
  return [[...wrapSentence(said.join(' '), width), ...others]];
}
