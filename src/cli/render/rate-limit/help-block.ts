import type { TierVerdict } from '../../../engine/rate-limit/account-tiers.ts';
import type { SharedAddress } from '../../../engine/rate-limit/shared-addresses.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { measured, needsHelp, type RateLimitReport } from '../../../engine/rate-limit/report.ts';
import type { RenderContext } from '../render-context.ts';
import { hanging } from '../wrap.ts';
import { windowText } from './quota-blocks.ts';

/** What helps where pulls run out; nothing where they do not. */
export function helpBlock(report: RateLimitReport, context: RenderContext): readonly string[] {
  if (!needsHelp(report)) return [];
  const {
    texts: { t },
    paint,
  } = context;
  const item = (text: string): readonly string[] => hanging({ text: '-', tone: 'quiet', gap: 1 }, text, context);
  const part = (text: string): readonly string[] => hanging({ text: '  -', tone: 'quiet', gap: 1 }, text, context);
  return [
    paint('strong', t('rateLimit.help')),
    ...accountLines(report, context).flatMap((text, index) => (index === 0 ? item(text) : part(text))),
    ...report.shared.flatMap((shared) => [
      ...item(addressLine(shared, context)),
      ...groupLines(shared, context).flatMap(part),
    ]),
    ...(report.shared.length === 0
      ? []
      : [
          ...item(t(report.platform === 'nks' ? 'rateLimit.helpNks' : 'rateLimit.helpGeneric')),
          ...(report.changes ? [] : item(t('rateLimit.helpVerify'))),
        ]),
    ...item(t('rateLimit.helpRegistry', { registries: t(`rateLimit.registries.${report.platform}`) })),
  ];
}

/** First what is needed, then what each account allows. */
function accountLines(report: RateLimitReport, { texts: { t } }: RenderContext): readonly string[] {
  const all = measured(report)?.grouped.all;
  if (all?.needed === undefined) return [t('rateLimit.helpMeasure')];
  const window = windowText(report.groups.find(({ windowSeconds }) => windowSeconds !== undefined)?.windowSeconds, t);
  const need = t('rateLimit.helpAccount', { needed: all.needed, window });
  return report.tiers.length === 0
    ? [`${need} ${t('rateLimit.helpCompare')}`]
    : [need, ...report.tiers.map((tier) => tierLine(tier, t))];
}

function tierLine({ name, pulls, windowSeconds, covers }: TierVerdict, t: RenderContext['texts']['t']): string {
  if (pulls === undefined) return t('rateLimit.tierUnlimited', { name });
  if (covers === undefined) return t('rateLimit.tierUnsure', { name, pulls });
  return t(covers ? 'rateLimit.tierCovers' : 'rateLimit.tierFails', {
    name,
    pulls,
    window: windowText(windowSeconds, t),
  });
}

function addressLine({ address, parts }: SharedAddress, { texts: { t } }: RenderContext): string {
  return t('rateLimit.helpAddress', { address, nodes: foldNodes(parts.flatMap(({ nodes }) => nodes)) });
}

function groupLines({ parts }: SharedAddress, { texts: { t } }: RenderContext): readonly string[] {
  return parts.length === 1 && parts[0]?.nodeGroup === undefined
    ? []
    : parts.map(({ nodeGroup, nodes }) =>
        t('rateLimit.helpGroup', { nodeGroup: nodeGroup ?? t('rateLimit.noGroup'), count: nodes.length }),
      );
}
