import type { RunResult, StopReason } from '../../../engine/run.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { printable } from '../../../text/printable.ts';
import type { Tone } from '../paint.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';
import { objectLines, outcomeLines } from './outcomes.ts';

const tones = { done: 'ok', partly: 'warn', 'stopped-and-restored': 'fail', refused: 'fail' } as const satisfies Record<
  RunResult['verdict'],
  Tone
>;

interface ResultView {
  /** What the plan of the run did nothing about, in blocks. */
  readonly leftAlone?: readonly (readonly string[])[];
  /** The command to type then. */
  readonly next?: string | undefined;
}

/** What became of a run: the verdict, why it stopped if it did, every node, folded, and what was left alone. */
export function renderRunResult(
  result: RunResult,
  { leftAlone = [], next }: ResultView,
  context: RenderContext,
): string {
  const { texts, paint, width } = context;
  const head = headWords(result, texts.t);
  const stopped = result.stopped === undefined ? [] : stopWords(result.stopped, texts);
  return joinBlocks([
    [
      ...labelled({ text: texts.t(`run.verdict.${result.verdict}`), tone: tones[result.verdict] }, head, context),
      ...stopped.flatMap((sentence) => indented(wrapSentence(sentence, width - 2), '  ')),
    ],
    outcomeLines(result.nodes, context),
    objectLines(result.objects ?? [], context),
    result.locked.length === 0 ? [] : wrapSentence(texts.t('run.locked', { nodes: foldNodes(result.locked) }), width),
    ...leftAlone,
    next === undefined ? [] : [`${paint('place', texts.t('next'))} ${printable(next)}`],
  ]);
}

function headWords({ run, nodes, objects = [] }: RunResult, t: Texts['t']): string {
  const done = (outcomes: readonly { readonly ending: string }[]): number =>
    outcomes.filter(({ ending }) => ending === 'done').length;
  const ofObjects = { done: done(objects), count: objects.length };
  if (nodes.length === 0 && objects.length > 0) return t('run.resultObjects', { run, ...ofObjects });
  const words = t('run.result', { run, done: done(nodes), count: nodes.length });
  return objects.length === 0 ? words : t('run.alsoObjects', { words, ...ofObjects });
}

export function stopWords(reason: StopReason, texts: Texts): readonly string[] {
  if (reason.why === 'failures') return [texts.t('run.stop.failures', { count: reason.failures, max: reason.max })];
  if (reason.why === 'interrupted') return [texts.t('run.stop.interrupted')];
  if (reason.why === 'object')
    return [
      reason.object === undefined
        ? texts.t('run.stop.objectEarlier')
        : texts.t('run.stop.object', { object: printable(reason.object) }),
    ];
  const { cause, next } = texts.error(reason.code, reason.params);
  return [`${cause} [${reason.code}]`, next];
}
