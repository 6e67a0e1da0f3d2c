import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { Plan } from '../../../engine/plan.ts';
import { previewAction, type Shown } from '../../../engine/preview-action.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { problemCatalogue } from '../../../problems/index.ts';
import type { RenderContext } from '../render-context.ts';
import { renderPlan } from './view.ts';

interface PlanView {
  readonly shown?: Shown;
  readonly nks: boolean;
  readonly unseen: readonly string[];
  readonly next?: string;
}

/** The plan for people, and the nodes it cannot speak of. */
export function planView(
  plan: Plan,
  { nks, unseen, next, shown = 'masked' }: PlanView,
  context: RenderContext,
): string {
  const unobservedLine = unobservedWords(unseen, context.texts);
  const options = {
    preview: (action: ActionSpec) => previewAction(action, shown),
    shown,
    problems: problemCatalogue,
    nks,
    ...(unobservedLine === undefined ? {} : { caution: unobservedLine }),
    ...(next === undefined ? {} : { next }),
  };
  return renderPlan(plan, options, context);
}

/** Undefined when every node was seen. */
export function unobservedWords(unseen: readonly string[], { t }: Texts): string | undefined {
  return unseen.length === 0 ? undefined : t('plan.unseen', { count: unseen.length, nodes: foldNodes(unseen) });
}
