import { clusterActionKind } from '../../actions/cluster-action-kinds.ts';
import type { ClusterActionSpec } from '../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../actions/object-words.ts';
import { previewObject, previewObjectUndo } from '../../engine/preview-action.ts';
import type { Proposal } from '../../engine/rollout/cluster-objects/proposal.ts';
import { diffLines } from './diff-lines.ts';
import { printable } from '../../text/printable.ts';
import { joinBlocks, type RenderContext } from './render-context.ts';
import { indented, labelled, wrapSentence } from './wrap.ts';

const indent = '  ';

/** What an undo undoes, and a resume does first. */
const turned = { create: 'remove', change: 'change', remove: 'create' } as const;

/**
 * What is about to become of objects of the API, before somebody is asked: the diff of each, and where it is known
 * from. A record's own words of why are not shown: they are whoever's who wrote it. Empty where there are no objects.
 */
export function renderProposal(
  { undoes, run, origin, owner, objects, withoutPlan }: Proposal,
  context: RenderContext,
): string {
  const { texts, paint, width } = context;
  const warning =
    origin === 'record' ? wrapSentence(texts.t('approve.fromRecord', { run, owner: printable(owner) }), width) : [];
  return joinBlocks([
    withoutPlan ? wrapSentence(texts.t('approve.withoutPlan', { run }), width).map((line) => paint('warn', line)) : [],
    warning.map((line) => paint('warn', line)),
    ...objects.map((action) => objectBlock(action, undoes, context)),
  ]);
}

function objectBlock(action: ClusterActionSpec, undoes: boolean, context: RenderContext): readonly string[] {
  const { texts, paint, width } = context;
  const change = clusterActionKind(action.kind).change(action);
  const [word, diff] = undoes ? [turned[change], previewObjectUndo(action)] : [change, previewObject(action)];
  return [
    ...labelled({ text: texts.t(`plan.${word}`), tone: 'warn' }, printable(objectWords(action.object)), context),
    ...(action.disrupts === undefined
      ? []
      : indented(
          wrapSentence(texts.t('plan.risk', { risk: texts.t(`plan.objectRisk.${action.disrupts}`) }), width - 2),
          indent,
        )),
    ...diffLines(diff, paint).map((line) => `${indent}${line}`.trimEnd()),
  ];
}
