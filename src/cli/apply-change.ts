import type { ClusterActionSpec } from '../actions/cluster-action.ts';
import { objectWords } from '../actions/object-words.ts';
import type { Plan } from '../engine/plan.ts';
import { applyPlan } from '../engine/rollout/apply-plan.ts';
import type { RunWorld } from '../engine/rollout/run-request.ts';
import { foldNodes } from '../engine/targets/fold-nodes.ts';
import { approve } from './approve.ts';
import type { CommandContext } from './command-context.ts';
import { planView, unseenWords } from './make-plan.ts';
import { contextFor } from './render/render-context.ts';
import { wrapSentence } from './render/wrap.ts';
import type { FoundNodes, Session } from './session.ts';
import type { Standing } from './standing-approval.ts';
import { tellResult } from './tell-result.ts';

/** A plan that can be approved, made just now or read from a file. */
export interface Approvable extends FoundNodes {
  readonly plan: Plan;
  /** Nodes of which the plan says nothing, because something about them stayed unknown. */
  readonly unseen: readonly string[];
  readonly nks: boolean;
}

interface ChangeRequest {
  /** Without its nodes: which they are is known when there is a plan. */
  readonly world: RunWorld;
  readonly session: Session;
  /** The command's words, to be typed again with `--yes`. */
  readonly command: readonly string[];
  readonly yes: boolean;
  /** What the plan has to be within, instead of somebody being asked. */
  readonly standing?: Standing | undefined;
  /** SHA-256 of the file that nodes are made equal to, hex; absent where there is none. */
  readonly source?: string;
}

/** Shows the plan, asks, carries it out and tells what became of it. @returns the exit code of a changing command */
export async function applyChange(
  change: Approvable,
  { world, session, command, yes, standing, source }: ChangeRequest,
  context: CommandContext,
): Promise<number> {
  const { data, notes } = context.output;
  data.write(planView(change.plan, change, contextFor(data, session.texts)));
  standing?.require({ plan: change.plan, source, selected: change.targets });
  const { actions, clusterActions = [] } = change.plan;
  if (actions.length + clusterActions.length === 0) return isWhole(change) ? 0 : 6;
  await approve(
    { question: questionOf(change.plan, session), command: [...command, ...session.repeat], yes, standing },
    session,
    context,
  );
  const result = await applyPlan({ ...world, targets: change.targets, plan: change.plan });
  tellResult(result, session, context);
  // It decides the exit code, and the plan that said it may have scrolled away.
  const unseen = unseenWords(change.unseen, session.texts);
  if (unseen !== undefined)
    notes.write(
      wrapSentence(unseen, notes.width)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return result.exitCode === 0 && !isWhole(change) ? 6 : result.exitCode;
}

/** Nothing to do is done; nodes that could not be seen, and those left to a person, are not. A warning may wait. */
function isWhole({ unseen, plan }: Approvable): boolean {
  return unseen.length === 0 && plan.refused.every(({ optional }) => optional === true);
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
