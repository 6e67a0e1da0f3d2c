import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { Plan } from '../../../engine/plan.ts';
import { previewAction, type Shown } from '../../../engine/preview-action.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Finding } from '../../../problems/problem.ts';
import { problemCatalogue } from '../../../problems/index.ts';
import type { RenderContext } from '../render-context.ts';
import { renderPlan } from './view.ts';

interface PlanView {
  readonly shown?: Shown;
  readonly nks: boolean;
  readonly unseen: readonly string[];
  /** What the plan was made from; a saved plan does not say. */
  readonly findings?: readonly Finding[];
  readonly next?: string;
}

/** The plan for people, the nodes it cannot speak of, and the trouble that no plan mends. */
export function planView(
  plan: Plan,
  { nks, unseen, findings = [], next, shown = 'masked' }: PlanView,
  context: RenderContext,
): string {
  const caution = [unobservedWords(unseen, context.texts), unmendedWords(findings, context.texts)]
    .filter((words) => words !== undefined)
    .join(' ');
  const options = {
    preview: (action: ActionSpec) => previewAction(action, shown),
    shown,
    problems: problemCatalogue,
    nks,
    ...(caution === '' ? {} : { caution }),
    ...(next === undefined ? {} : { next }),
  };
  return renderPlan(plan, options, context);
}

/** Undefined when every node was seen. */
export function unobservedWords(unseen: readonly string[], { t }: Texts): string | undefined {
  return unseen.length === 0 ? undefined : t('plan.unseen', { count: unseen.length, nodes: foldNodes(unseen) });
}

/** A plan without them would read as if all were well. Undefined where each trouble has a remedy. */
function unmendedWords(findings: readonly Finding[], { t }: Texts): string | undefined {
  const unmended = findings.filter(
    (finding) => (finding.status === 'fail' || finding.status === 'warn') && !finding.remedy,
  );
  const rules = [...new Set(unmended.map(({ rule }) => rule))].toSorted();
  return rules.length === 0 ? undefined : t('plan.unmended', { count: unmended.length, rules: rules.join(', ') });
}
