import { clusterActionKind } from '../../../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { nothingHidden } from '../../../actions/hidden-lines.ts';
import { hiddenOfObject } from '../../../engine/hidden-lines.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { previewObject, type Shown } from '../../../engine/preview-action.ts';
import { diffLines } from '../diff-lines.ts';
import { printable } from '../../../text/printable.ts';
import type { RenderContext } from '../render-context.ts';
import { hiddenWords } from './hidden-words.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';

const indent = '  ';

/** The change of one object of the API: what, why, the risk, how it is undone, the diff. */
export function objectBlock(
  action: ClusterActionSpec,
  context: RenderContext,
  shown: Shown = 'masked',
): readonly string[] {
  const { texts, paint, width } = context;
  const { t } = texts;
  const { problem, why, object, disrupts = 'low' } = action;
  const change = clusterActionKind(action.kind).change(action);
  const sentences = [
    t('plan.why', { why: t(`problems.${problem}.${why.key}`, mergeParams([why.params])) }),
    t('plan.risk', { risk: t(`plan.objectRisk.${disrupts}`) }),
    t('plan.undo', { undo: t(`plan.objectUndo.${change}`) }),
  ];
  return [
    ...labelled({ text: t(`plan.${change}`), tone: 'warn' }, printable(objectWords(object)), context),
    ...sentences.flatMap((sentence) => indented(wrapSentence(sentence, width - indent.length), indent)),
    ...diffLines(previewObject(action, shown), paint).map((line) => `${indent}${line}`.trimEnd()),
    ...indented(hiddenWords(shown === 'all' ? nothingHidden : hiddenOfObject(action), context), indent),
  ];
}
