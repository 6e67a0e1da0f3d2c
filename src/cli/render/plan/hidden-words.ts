import type { HiddenLines } from '../../../actions/hidden-lines.ts';
import type { RenderContext } from '../render-context.ts';
import { wrapSentence } from '../wrap.ts';

/** Says how many lines are not shown because they look like secrets; empty where all are. */
export function hiddenWords(
  { unchanged, changed }: HiddenLines,
  { texts: { t }, paint, width }: RenderContext,
): readonly string[] {
  const sentences = [
    ...(unchanged === 0 ? [] : [t('plan.hiddenUnchanged', { count: unchanged })]),
    ...(changed === 0 ? [] : [t('plan.hiddenChanged', { count: changed })]),
  ];
  return sentences.flatMap((sentence) => wrapSentence(sentence, width - 2)).map((line) => paint('warn', line));
}
