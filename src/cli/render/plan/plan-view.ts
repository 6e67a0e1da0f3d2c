import type { ActionSpec } from '../../../actions/action-kinds.ts';
import { isEmpty, isFullyObserved, type PlanScope } from '../../../app/plans/plan-scope.ts';
import type { Plan } from '../../../engine/plan.ts';
import { previewAction, type Shown } from '../../../engine/preview-action.ts';
import type { PlannedDrains } from '../../../engine/rollout/preflight/plan-drains.ts';
import { problemCatalogue } from '../../../problems/index.ts';
import type { RenderContext } from '../render-context.ts';
import { leftAloneLines } from './left-alone.ts';
import { thereLines } from './there.ts';
import { renderPlan } from './view.ts';

interface PlanView {
  readonly shown?: Shown;
  readonly nks: boolean;
  /** What it speaks of; a saved plan does not say. */
  readonly scope?: PlanScope;
  readonly next?: string;
  readonly drains?: PlannedDrains | undefined;
}

/** The plan for people, and what it does nothing about. */
export function planView(
  plan: Plan,
  { nks, scope, next, drains, shown = 'masked' }: PlanView,
  context: RenderContext,
): string {
  const options = {
    preview: (action: ActionSpec) => previewAction(action, shown),
    shown,
    problems: problemCatalogue,
    nks,
    ...(scope
      ? {
          seen: observedOf(plan, scope),
          leftAlone: [...(isEmpty(plan) ? thereLines(scope, context) : []), ...leftAloneLines(scope, context)],
        }
      : {}),
    ...(next === undefined ? {} : { next }),
    drains,
  };
  return renderPlan(plan, options, context);
}

function observedOf({ problems }: Plan, scope: PlanScope): 'all' | 'part' | 'nothing' {
  if (isFullyObserved(scope)) return 'all';
  return scope.unobserved.length === problems.length ? 'nothing' : 'part';
}
