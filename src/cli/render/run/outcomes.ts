import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { NodeOutcome } from '../../../engine/run.ts';
import type { Texts } from '../../text.ts';
import { diffLines } from '../diff-lines.ts';
import { mergeParams } from '../merge-params.ts';
import { printable } from '../printable.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, wrapNodeSet, wrapSentence } from '../wrap.ts';

/** What needs a person comes first. */
const order = ['failed', 'refused', 'unreachable', 'timed-out', 'interrupted', 'not-started', 'done'] as const satisfies readonly NodeOutcome['ending'][];

const indent = '  ';

/** Nodes with the same ending folded: how it ended, which nodes, why, what to do, and the diff where a file was in the way. */
export function outcomeLines(outcomes: readonly NodeOutcome[], context: RenderContext): readonly string[] {
  const groups = [...Map.groupBy(outcomes, likeness).values()];
  return groups
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .flatMap((group) => groupLines(group, context));
}

function likeness({ ending, left, step, code, detail, diff }: NodeOutcome): string {
  return JSON.stringify([ending, left, step, code ?? detail, diff]);
}

function rankOf([first]: readonly NodeOutcome[]): number {
  return first ? order.indexOf(first.ending) : order.length;
}

function groupLines(group: readonly NodeOutcome[], context: RenderContext): readonly string[] {
  const [first] = group;
  if (!first) return [];
  const { paint, texts, width } = context;
  const room = width - 2 * indent.length;
  const nodes = indented(wrapNodeSet(printable(foldNodes(group.map(({ node }) => node))), room), indent + indent);
  const sentences = outcomeReasons(group, texts).flatMap((sentence) => indented(wrapSentence(sentence, room), indent + indent));
  const diff = first.diff === undefined ? [] : diffLines(first.diff, paint).map((line) => `${indent}${indent}${line}`);
  return [...indented(wrapSentence(`${texts.t('count.nodes', { count: group.length })}, ${endingWords(first, texts)}`, width - indent.length), indent), ...nodes, ...sentences, ...diff];
}

/** `failed (verifying), as it was before` */
export function endingWords({ ending, left, step }: NodeOutcome, { t, has }: Texts): string {
  const where = step !== undefined && has(`run.step.${step}`) ? t(`run.step.${step}`) : step;
  const how = t(`run.ending.${ending}`);
  return [where === undefined ? how : `${how} (${where})`, t(`run.left.${left}`)].join(', ');
}

/** Why, and what to do: in the reader's language where there is a code, else as the step said it. */
export function outcomeReasons(group: readonly NodeOutcome[], texts: Texts): readonly string[] {
  const [first] = group;
  if (first?.code === undefined) return first?.detail === undefined ? [] : [printable(first.detail)];
  const { cause, next } = texts.error(first.code, mergeParams(group.flatMap(({ params }) => (params ? [params] : []))));
  return [`${cause} [${first.code}]`, next];
}
