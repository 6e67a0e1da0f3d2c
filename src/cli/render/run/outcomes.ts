import { stepWord } from '../kind-text.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { NodeOutcome, ObjectOutcome } from '../../../engine/run.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { namesSentence } from '../../../errors/sentences.ts';
import type { TextParams } from '../../../locales/translator.ts';
import { diffLines } from '../diff-lines.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, wrapNodeSet, wrapSentence } from '../wrap.ts';

/** What needs a person comes first. */
const order = [
  'failed',
  'refused',
  'unreachable',
  'timed-out',
  'interrupted',
  'not-started',
  'taken-back',
  'done',
] as const satisfies readonly Outcome['ending'][];

/** What became of a node or of an object. */
export type Outcome = Omit<ObjectOutcome, 'object' | 'action'>;

const indent = '  ';

/**
 * Nodes with the same ending folded: how it ended, which nodes, why, what to do, and the diff where a file was in the
 * way.
 */
export function outcomeLines(outcomes: readonly NodeOutcome[], context: RenderContext): readonly string[] {
  const named = (group: readonly NodeOutcome[], room: number): readonly string[] =>
    wrapNodeSet(printable(foldNodes(group.map(({ node }) => node))), room);
  return grouped(outcomes).flatMap((group) =>
    groupLines(group, { count: 'count.nodes', names: (room) => named(group, room) }, context),
  );
}

/** The same for objects of the API, each in a line of its own. */
export function objectLines(outcomes: readonly ObjectOutcome[], context: RenderContext): readonly string[] {
  return grouped(outcomes).flatMap((group) =>
    groupLines(group, { count: 'count.objects', names: () => group.map(({ object }) => printable(object)) }, context),
  );
}

function grouped<Each extends Outcome>(outcomes: readonly Each[]): readonly (readonly Each[])[] {
  return [...Map.groupBy(outcomes, likeness).values()].toSorted((a, b) => rankOf(a) - rankOf(b));
}

interface GroupWords {
  readonly count: 'count.nodes' | 'count.objects';
  /** Who they are, in lines of so many columns. */
  readonly names: (room: number) => readonly string[];
}

function likeness({ ending, left, step, code, params, detail, also, diff }: Outcome): string {
  const others = also?.map((one) => [one.code, formOf(one.params)]);
  return JSON.stringify([ending, left, step, code ?? detail, formOf(params), others, diff]);
}

/** Which text it is, and which sentences are in it: values of one text are told together, texts are not. */
function formOf(params: TextParams = {}): readonly unknown[] {
  return Object.entries(params).filter(([name]) => name === 'context' || namesSentence(name));
}

function rankOf([first]: readonly Outcome[]): number {
  return first ? order.indexOf(first.ending) : order.length;
}

function groupLines(group: readonly Outcome[], words: GroupWords, context: RenderContext): readonly string[] {
  const [first] = group;
  if (!first) return [];
  const { paint, texts, width } = context;
  const room = width - 2 * indent.length;
  const names = indented(words.names(room), indent + indent);
  const sentences = outcomeReasons(group, texts).flatMap((sentence) =>
    indented(wrapSentence(sentence, room), indent + indent),
  );
  const diff = first.diff === undefined ? [] : diffLines(first.diff, paint).map((line) => `${indent}${indent}${line}`);
  return [
    ...indented(
      wrapSentence(
        `${texts.t(words.count, { count: group.length })}, ${endingWords(first, texts)}`,
        width - indent.length,
      ),
      indent,
    ),
    ...names,
    ...sentences,
    ...diff,
  ];
}

/** `failed (verifying), as it was before` */
export function endingWords({ ending, left, step }: Outcome, texts: Texts): string {
  const { t } = texts;
  const where = step === undefined ? undefined : stepWord(step, texts);
  const how = t(`run.ending.${ending}`);
  return [where === undefined ? how : `${how} (${where})`, t(`run.left.${left}`)].join(', ');
}

/** Why, and what to do: in the reader's language where there is a code, else as the step said it. */
export function outcomeReasons(group: readonly Outcome[], texts: Texts): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const also = (first.also ?? []).flatMap(({ code }, index) => {
    const params = mergeParams(group.flatMap((one) => (one.also?.[index] ? [one.also[index].params] : [])));
    const { cause, next } = texts.error(code, params);
    return [`${cause} [${code}]`, next];
  });
  return [...firstReason(first, group, texts), ...also];
}

function firstReason(first: Outcome, group: readonly Outcome[], texts: Texts): readonly string[] {
  if (first.code === undefined) {
    // How it ended says that it was interrupted, and what has a code of its own says the rest.
    const isSaid = first.detail === undefined || (first.ending === 'interrupted' && first.also !== undefined);
    return isSaid ? [] : [printable(first.detail ?? '')];
  }
  const params = mergeParams(group.flatMap((one) => (one.params ? [one.params] : [])));
  const { cause, next } = texts.error(first.code, params);
  const notUndone = params['notUndone'] === undefined ? [] : [texts.t('run.notUndone', { what: params['notUndone'] })];
  return [`${cause} [${first.code}]`, ...notUndone, next];
}
