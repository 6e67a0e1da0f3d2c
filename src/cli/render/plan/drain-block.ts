import type { PlannedDrains } from '../../../engine/rollout/preflight/plan-drains.ts';
import type { NodemendError } from '../../../errors/nodemend-error.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';

const indent = '  ';
const shown = 10;

/** What the drains of a plan would meet if they came now: what stands in their way, what is lost, who notices. */
export function drainBlock(drains: PlannedDrains | undefined, nks: boolean, context: RenderContext): readonly string[] {
  if (!drains) return [];
  const { t, error, sentence } = context.texts;
  const reasonOf = ({ code, params }: NodemendError): string => error(code, params).cause;
  const room = context.width - indent.length;
  const lines = (words: string): readonly string[] => indented(wrapSentence(words, room), indent);
  const label = { text: t('plan.drain.label'), tone: 'warn' } as const;
  if (!drains.known) return [...labelled(label, t('plan.drain.unknown', { reason: reasonOf(drains.error) }), context)];
  const head = t('plan.drain.head', {
    nodes: t('count.nodes', { count: drains.batches.flat().length }),
    batches: drains.batches.length,
    minutes: Math.ceil(drains.longestMs / 60_000),
  });
  const listed = (['blocked', 'uncertain', 'accepted', 'lost', 'single', 'slow'] as const).flatMap((kind) =>
    listOf(
      drains[kind].map((one) => (typeof one === 'string' ? printable(one) : sentence(one))),
      t(`plan.drain.${kind}`),
      lines,
    ),
  );
  return [
    ...labelled(label, head, context),
    ...lines(t('plan.drain.pods', { evicted: drains.evicted, staying: drains.staying })),
    ...listed,
    ...(nks ? lines(t('plan.drain.nksScaleIn')) : []),
  ];
}

function listOf(
  items: readonly string[],
  words: string,
  lines: (words: string) => readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length > shown ? [`… (${items.length})`] : [];
  const named = [...items.slice(0, shown), ...more];
  return [...lines(words), ...named.flatMap((item) => lines(`- ${item}`))];
}
