import type { ClusterActionSpec } from '../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../actions/object-words.ts';
import { carryOut, type Approvable, type CarryOutRequest } from '../../app/runs/carry-out.ts';
import type { Session } from '../../app/session/session.ts';
import type { Plan } from '../../engine/plan.ts';
import type { RunEstimate } from '../../engine/rollout/estimate/estimate-run.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import type { CommandContext } from '../command-context.ts';
import type { CommandSession } from '../options/open-session.ts';
import { approve } from '../prompts/approve.ts';
import { leftAloneLines } from '../render/plan/left-alone.ts';
import { planView } from '../render/plan/plan-view.ts';
import { refusedBlock } from '../render/plan/view.ts';
import { contextFor } from '../render/render-context.ts';
import { renderEstimate } from '../render/run/estimate.ts';
import { tellResult } from '../render/run/tell-result.ts';
import { tellOrigin } from './tell-origin.ts';
import type { EventWords } from './with-events.ts';

interface ChangeRequest extends Omit<CarryOutRequest, 'show' | 'showEstimate' | 'approve'> {
  readonly session: CommandSession;
  /** The command's words, to be typed again with `--yes`. */
  readonly command: readonly string[];
  readonly yes: boolean;
}

/** Shows the plan, asks, carries it out and tells what became of it. @returns the exit code of a changing command */
export async function applyChange(
  change: Approvable,
  request: ChangeRequest,
  context: CommandContext,
): Promise<number> {
  const { session, command, yes, standing, saved, showHidden } = request;
  context.tellEvent?.({ event: 'planned', ...plannedWords(change.plan) });
  const { data } = context.output;
  const { exitCode, result } = await carryOut(change, {
    ...request,
    show: (shownChange) => {
      const shown = showHidden ? 'all' : 'masked';
      data.write(planView(change.plan, { ...shownChange, shown }, contextFor(data, session.texts)));
    },
    showEstimate: (estimate) => {
      context.tellEvent?.({ event: 'estimate', ...estimateWords(estimate) });
      // Objects of the API alone are changed at once.
      if (estimate.batches.length > 0) data.write(`\n${renderEstimate(estimate, contextFor(data, session.texts))}`);
    },
    approve: async (plan, inPerson) => {
      if (saved) tellOrigin(saved, session, context);
      const question = questionOf(plan, session);
      await approve({ question, command: [...command, ...session.repeat], yes, standing, inPerson }, session, context);
    },
  });
  if (result === undefined) return exitCode;
  const view = contextFor(data, session.texts);
  // It decides the exit code, and the plan that said it may have scrolled away.
  const leftAlone = [refusedBlock(change.plan, view), change.scope ? leftAloneLines(change.scope, view) : []];
  tellResult({ result, exitCode, leftAlone }, session, context);
  return exitCode;
}

/** As it is published: a node that is not drained says nothing of a drain. */
function estimateWords({ batches, ...rest }: RunEstimate): EventWords<'estimate'> {
  return {
    ...rest,
    batches: batches.map((batch) => batch.map(({ drain, ...node }) => ({ ...node, ...(drain ? { drain } : {}) }))),
  };
}

function plannedWords({ hash, problems, nodes, actions, clusterActions = [], refused }: Plan): {
  readonly hash: string;
  readonly problems: readonly string[];
  readonly nodes: readonly string[];
  readonly actions: number;
  readonly refused: number;
} {
  return {
    hash,
    problems,
    nodes: nodes.map(({ name }) => name),
    actions: actions.length + clusterActions.length,
    refused: refused.length,
  };
}

function questionOf({ hash, target, nodes, clusterActions = [] }: Plan, { texts: { t } }: Session): string {
  const place = target.kind === 'cluster' ? `${target.context} (${target.server})` : t('approve.hosts');
  const plan = { hash: hash.slice(0, 8), place };
  const objects = { count: clusterActions.length, objects: objectsText(clusterActions) };
  if (nodes.length === 0) return t('approve.objects', { ...plan, ...objects });
  const question = t('approve.apply', {
    ...plan,
    count: nodes.length,
    nodes: foldNodes(nodes.map(({ name }) => name)),
  });
  return clusterActions.length === 0 ? question : t('approve.alsoObjects', { question, ...objects });
}

const named = 3;

function objectsText(actions: readonly ClusterActionSpec[]): string {
  const words = actions.map(({ object }) => objectWords(object));
  return [...words.slice(0, named), ...(words.length > named ? ['…'] : [])].join(', ');
}
