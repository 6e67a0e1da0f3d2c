import type { ClusterActionSpec } from '../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../actions/object-words.ts';
import { requireShown } from '../../engine/hidden-lines.ts';
import type { Plan } from '../../engine/plan.ts';
import { applyPlan } from '../../engine/rollout/apply-plan.ts';
import type { RunWorld } from '../../engine/rollout/run-request.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { approve } from '../../cli/prompts/approve.ts';
import type { CommandContext } from '../../cli/command-context.ts';
import { planView, unseenWords } from '../../cli/make-plan.ts';
import { requireTypedHash, tellOrigin } from '../../cli/plan-origin.ts';
import type { SavedPlan } from '../plans/read-plan-file.ts';
import { contextFor } from '../../cli/render/render-context.ts';
import { wrapSentence } from '../../cli/render/wrap.ts';
import type { FoundNodes, Session } from '../session/session.ts';
import type { Standing } from '../../cli/standing-approval.ts';
import { tellResult } from '../../cli/render/run/tell-result.ts';

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
  /** Where the plan came from, if it was not made just now. */
  readonly saved?: SavedPlan | undefined;
  /** Lines that look like secrets are shown, too, and so may be approved. */
  readonly showHidden?: boolean | undefined;
  /** By which its approver named the plan, hex. */
  readonly typedHash?: string | undefined;
  /** SHA-256 of the file that nodes are made equal to, hex; absent where there is none. */
  readonly source?: string;
}

/** Shows the plan, asks, carries it out and tells what became of it. @returns the exit code of a changing command */
export async function applyChange(
  change: Approvable,
  request: ChangeRequest,
  context: CommandContext,
): Promise<number> {
  const { world, session, standing, source } = request;
  show(change, request, context);
  standing?.require({ plan: change.plan, source, selected: change.targets });
  const { actions, clusterActions = [] } = change.plan;
  if (actions.length + clusterActions.length === 0) return isWhole(change) ? 0 : 6;
  await askFor(change.plan, request, context);
  const result = await applyPlan({ ...world, targets: change.targets, plan: change.plan });
  tellResult(result, session, context);
  tellUnseen(change, session, context);
  return result.exitCode === 0 && !isWhole(change) ? 6 : result.exitCode;
}

/** @throws NodemendError PLAN_HIDES_CHANGES */
function show(change: Approvable, { session, showHidden }: ChangeRequest, { output: { data } }: CommandContext): void {
  const shown = showHidden ? 'all' : 'masked';
  data.write(planView(change.plan, { ...change, shown }, contextFor(data, session.texts)));
  if (!showHidden) requireShown(change.plan);
}

/** @throws NodemendError PLAN_HASH_MISMATCH, PLAN_FROM_ELSEWHERE, APPROVAL_… */
async function askFor(
  plan: Plan,
  { session, command, yes, standing, saved, typedHash }: ChangeRequest,
  context: CommandContext,
): Promise<void> {
  requireTypedHash(plan, typedHash);
  const inPerson = saved && tellOrigin(saved, typedHash, session, context);
  const question = questionOf(plan, session);
  await approve({ question, command: [...command, ...session.repeat], yes, standing, inPerson }, session, context);
}

/** It decides the exit code, and the plan that said it may have scrolled away. */
function tellUnseen(change: Approvable, { texts }: Session, { output: { notes } }: CommandContext): void {
  const unseen = unseenWords(change.unseen, texts);
  if (unseen === undefined) return;
  const lines = wrapSentence(unseen, notes.width).map((line) => `${line}\n`);
  notes.write(lines.join(''));
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
