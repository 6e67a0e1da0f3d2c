import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { Plan } from '../../plan.ts';
import type { RunDependencies } from '../run-request.ts';
import type { ClusterRecord, ObjectPhase } from './cluster-record.ts';
import { requireRecomputable } from './recomputable.ts';
import { requireSameActions } from './run-record.ts';

/** What `undo` or `resume` of a run is about to do to objects of the API, for whoever approves it. */
export interface Proposal {
  readonly kind: 'undo' | 'resume';
  readonly run: string;
  /** Whether its objects become what they were: an undo, and the resume of a run that had begun to. */
  readonly undoes: boolean;
  /**
   * `here`: from the run's plan or journal on this machine, or the nodes themselves. `given`: from a plan that was
   * named. `record`: only the cluster says so, where anyone who can write ConfigMaps could have written it.
   */
  readonly origin: 'here' | 'given' | 'record';
  /** Who started it, as the record says; empty where there is none. */
  readonly owner: string;
  readonly objects: readonly ClusterActionSpec[];
  /** A resume without the run's plan: what was begun is finished, and the other nodes are left alone. */
  readonly withoutPlan?: true;
}

/** Shows a proposal and asks. @throws NodemendError APPROVAL_… when it was not approved: nothing has been changed. */
export type Approve = (proposal: Proposal) => Promise<void>;

export interface KnownRun {
  readonly kind: Proposal['kind'];
  readonly run: string;
  readonly plan: Plan | undefined;
  /** The plan that was named, where one was. */
  readonly given: Plan | undefined;
  readonly record: ClusterRecord | undefined;
  /** False where only nodes of the run are worked on. */
  readonly withObjects: boolean;
}

/**
 * Has a run approved before it is taken up again. What only a record says is never carried out unseen: without anybody
 * to approve it, it is refused.
 * @throws NodemendError CLUSTER_RECORD_INVALID for a record that says something else than the plan, or, without a plan,
 *   asks for what nodemend would not plan; RUN_FROM_ELSEWHERE; what `approve` throws
 */
export async function propose({ approve }: Pick<RunDependencies, 'approve'>, known: KnownRun): Promise<void> {
  const { run, plan, record } = known;
  if (record && plan) requireSameActions(record, plan);
  else if (record) requireRecomputable(record);
  const proposal = proposalOf(known);
  if (approve) await approve(proposal);
  else if (proposal.origin === 'record') throw new NodemendError('RUN_FROM_ELSEWHERE', { run });
}

function proposalOf(known: KnownRun): Proposal {
  const { kind, run, plan, given, record } = known;
  const undoes = kind === 'undo' || record?.state === 'taking-back';
  const origin = plan ? (plan === given ? 'given' : 'here') : record ? 'record' : 'here';
  const withoutPlan = kind === 'resume' && plan === undefined ? { withoutPlan: true as const } : {};
  return { kind, run, undoes, origin, owner: record?.owner ?? '', objects: openObjects(known, undoes), ...withoutPlan };
}

const toUndo: ReadonlySet<ObjectPhase> = new Set(['applying', 'applied', 'undoing']);
const toChange: ReadonlySet<ObjectPhase> = new Set(['planned', 'applying']);

function openObjects({ plan, record, withObjects }: KnownRun, undoes: boolean): readonly ClusterActionSpec[] {
  if (!withObjects) return [];
  if (!record) return plan?.clusterActions ?? [];
  const open = undoes ? toUndo : toChange;
  return record.actions.filter((_action, index) => open.has(record.phases[index] ?? 'planned'));
}
