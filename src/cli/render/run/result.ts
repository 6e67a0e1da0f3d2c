import type { RunResult, StopReason } from '../../../engine/run.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { printable } from '../printable.ts';
import type { Tone } from '../paint.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import type { Texts } from '../../text.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';
import { outcomeLines } from './outcomes.ts';

const tones = { done: 'ok', partly: 'warn', 'stopped-and-restored': 'fail', refused: 'fail' } as const satisfies Record<RunResult['verdict'], Tone>;

/** What became of a run: the verdict, why it stopped if it did, and every node, folded. `next` is the command to type then. */
export function renderRunResult(result: RunResult, next: string | undefined, context: RenderContext): string {
  const { texts, paint, width } = context;
  const done = result.nodes.filter(({ ending }) => ending === 'done').length;
  const head = texts.t('run.result', { run: result.run, done, count: result.nodes.length });
  const stopped = result.stopped === undefined ? [] : stopWords(result.stopped, texts);
  return joinBlocks([
    [
      ...labelled({ text: texts.t(`run.verdict.${result.verdict}`), tone: tones[result.verdict] }, head, context),
      ...stopped.flatMap((sentence) => indented(wrapSentence(sentence, width - 2), '  ')),
    ],
    outcomeLines(result.nodes, context),
    result.locked.length === 0 ? [] : wrapSentence(texts.t('run.locked', { nodes: foldNodes(result.locked) }), width),
    next === undefined ? [] : [`${paint('place', texts.t('next'))} ${printable(next)}`],
  ]);
}

export function stopWords(reason: StopReason, texts: Texts): readonly string[] {
  if (reason.why === 'failures') return [texts.t('run.stop.failures', { count: reason.failures, max: reason.max })];
  if (reason.why === 'interrupted') return [texts.t('run.stop.interrupted')];
  const { cause, next } = texts.error(reason.code, reason.params);
  return [`${cause} [${reason.code}]`, next];
}
