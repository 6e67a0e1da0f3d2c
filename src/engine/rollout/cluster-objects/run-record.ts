import type { JournalEntry } from '../../journal/entry.ts';
import { defaultLease, recordNamespaceOf } from '../../default-lease.ts';
import { canonicalJson } from '../../canonical-json.ts';
import { movedInCluster, movedText } from '../../check-plan.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { Plan } from '../../plan.ts';
import type { RunSummary } from '../../run-journal.ts';
import { readClusterUid } from '../cluster-nodes.ts';
import type { RunDependencies } from '../run-request.ts';
import { clusterRecordSchema, type ClusterRecord, type ObjectPhase } from './cluster-record.ts';
import { RecordWriter } from './record-writer.ts';
import { readRecord, recordName, type RecordPlace, type StoredRecord } from './record-store.ts';

type Dependencies = Pick<RunDependencies, 'api' | 'lease'>;

/** Undefined without an API server: then there are no objects, and no record of any. */
export function recordPlace({ api, lease = defaultLease }: Dependencies): RecordPlace | undefined {
  return api && { api, namespace: recordNamespaceOf(lease), formerly: lease.namespace };
}

/**
 * What the cluster remembers of a run; it is not asked about one that was started here and had no objects to change.
 * @throws NodemendError CLUSTER_RECORD_INVALID, API_…
 */
export async function findRecord(
  dependencies: Dependencies,
  run: string,
  summary: RunSummary | undefined,
): Promise<StoredRecord | undefined> {
  const place = recordPlace(dependencies);
  if (!place || (summary?.plannedHere && summary.objects.length === 0)) return undefined;
  return readRecord(place, run);
}

export interface NewRecord {
  readonly run: string;
  readonly plan: Plan;
  readonly owner: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** Writes down in the cluster what a run is going to change there; undefined when that is nothing. */
export async function beginRecord(
  dependencies: Dependencies,
  begun: NewRecord,
  phases: readonly ObjectPhase[] = [],
): Promise<RecordWriter | undefined> {
  const { plan, run, owner, startedAt } = begun;
  const place = recordPlace(dependencies);
  const { clusterActions: actions = [] } = plan;
  if (actions.length === 0 || !place) return undefined;
  const record: Omit<ClusterRecord, 'session'> = {
    schema: clusterRecordSchema,
    run,
    owner,
    startedAt,
    plan: plan.hash,
    problems: plan.problems,
    nodes: plan.nodes.length,
    state: 'going',
    actions,
    phases: actions.map((_action, index) => phases[index] ?? 'planned'),
  };
  return RecordWriter.create(place, record);
}

export interface EarlierRun extends NewRecord {
  readonly entries: readonly JournalEntry[];
  readonly signal: AbortSignal;
}

/** Undefined where this machine does not have the run's plan. */
export function earlierRun({
  summary,
  plan,
  ...run
}: Pick<EarlierRun, 'run' | 'entries' | 'signal'> & {
  readonly summary: RunSummary | undefined;
  readonly plan: Plan | undefined;
}): EarlierRun | undefined {
  return plan && summary && { ...run, plan, owner: summary.owner, startedAt: summary.startedAt };
}

/**
 * Takes the record of a run over, or makes it again from plan and journal where the run died before it was written, or
 * somebody removed it. Undefined for a run without objects.
 * @throws NodemendError PLAN_STALE for another cluster, CLUSTER_RECORD_INVALID for one that says something else than
 *   the plan on this machine, CLUSTER_RECORD_TAKEN, API_…
 */
export async function takeRecord(
  dependencies: Dependencies,
  stored: StoredRecord | undefined,
  earlier: EarlierRun | undefined,
): Promise<RecordWriter | undefined> {
  const place = recordPlace(dependencies);
  if (!place) return undefined;
  if (stored) {
    requireSameActions(stored.record, earlier?.plan);
    return RecordWriter.take(place, stored);
  }
  if (!earlier?.plan.clusterActions) return undefined;
  const moved = movedInCluster(
    { ...earlier.plan, nodes: [] },
    { uid: await readClusterUid(place.api, earlier.signal), nodes: [] },
  );
  if (moved.length > 0) throw new NodemendError('PLAN_STALE', { what: movedText(moved) });
  return beginRecord(dependencies, earlier, phasesOf(earlier));
}

/**
 * What somebody wrote into the record since is nothing that anybody approved. @throws NodemendError
 * CLUSTER_RECORD_INVALID
 */
export function requireSameActions(record: ClusterRecord, plan: Plan | undefined): void {
  if (plan === undefined) return;
  const isSame = record.plan === plan.hash && record.nodes === plan.nodes.length;
  if (isSame && canonicalJson(plan.clusterActions) === canonicalJson(record.actions)) return;
  throw new NodemendError('CLUSTER_RECORD_INVALID', {
    name: recordName(record.run),
    problem: 'other actions than in the plan',
  });
}

/** An action whose change was announced in the journal may be in force: the object is looked at. */
function phasesOf({ plan: { clusterActions = [] }, entries }: EarlierRun): readonly ObjectPhase[] {
  const begun = new Set(
    entries.flatMap((entry) =>
      entry.entry === 'before' && entry.object !== undefined && entry.step !== 'prepare' ? (entry.action ?? []) : [],
    ),
  );
  return clusterActions.map(({ id }) => (begun.has(id) ? 'applying' : 'planned'));
}

/** A run that says it changed objects, with nothing left to go by. */
export function recordMissing(run: string): NodemendError {
  return new NodemendError('CLUSTER_RECORD_MISSING', { run, name: recordName(run) });
}
