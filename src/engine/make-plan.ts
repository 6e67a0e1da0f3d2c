import { actionKind } from '../actions/action-kinds.ts';
import type { ActionSpec } from '../actions/action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import type { Evidence, NodeEvidence } from '../evidence/evidence.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Finding, Problem } from '../problems/problem.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { KnownSuccessors } from '../registry/successor.ts';
import { admitClusterActions } from './admit-cluster-actions.ts';
import { compareNames } from './compare-names.ts';
import { engineRefusals } from './engine-refusals.ts';
import { planHash } from './plan-hash.ts';
import { strayPath } from './written-paths.ts';
import { planSchema, type Plan, type PlanNode, type PlanTarget } from './plan.ts';

/** The part of a problem that plans. */
export type Planner = Pick<Problem, 'meta' | 'plan'>;

export interface PlanRequest {
  readonly evidence: Evidence;
  /** As `diagnose` gave them; muted ones are not planned for. */
  readonly findings: readonly Finding[];
  /** The problems to plan for. */
  readonly problems: readonly Planner[];
  /** Remedies that were asked for by name. */
  readonly remedies?: ReadonlySet<string>;
  /** What registries said of the successors of retired references. */
  readonly successors?: KnownSuccessors;
  /** Where runtimes are to pull from, where that was asked for. */
  readonly mirrors?: readonly Mirror[];
}

type Refusal = Plan['refused'][number];

/**
 * Findings become a plan: the problems say which actions, here they are bound to what cannot be reused under the same
 * name. Pure and deterministic. A node whose identity was not seen gets no action, and a refusal instead
 * (`engineRefusals`).
 * @throws NodemendError PLAN_UNBOUND when the cluster's own identity was not seen.
 */
export function makePlan(request: PlanRequest): Plan {
  const { evidence, findings, problems } = request;
  const target = planTarget(evidence);
  const drafts = problems
    .toSorted((a, b) => compareNames(a.meta.id, b.meta.id))
    .map((problem) => draft(problem, request));
  const bound = new Map(evidence.nodes.map((node) => [node.name, bindNode(node, target)]));
  const { actions, refused } = admit(drafts, bound, request);
  const objects = admitClusterActions(
    drafts.flatMap(({ clusterActions }) => clusterActions),
    findings,
    target,
  );
  const named = new Set(actions.map(({ node }) => node));
  const unsealed = {
    schema: planSchema,
    madeAt: evidence.collectedAt,
    target,
    nodes: [...bound.values()]
      .filter((node) => node !== undefined && named.has(node.name))
      .toSorted((a, b) => compareNames(a?.name ?? '', b?.name ?? '')) as readonly PlanNode[],
    problems: problems.map(({ meta }) => meta.id).toSorted(compareNames),
    actions,
    ...(objects.clusterActions.length === 0 ? {} : { clusterActions: objects.clusterActions }),
    refused: [...refused, ...objects.refused].toSorted(compareRefusals),
  } satisfies Omit<Plan, 'hash'>;
  return { ...unsealed, hash: planHash(unsealed) };
}

interface Admitted {
  readonly actions: readonly ActionSpec[];
  readonly refused: readonly Refusal[];
}

interface Draft extends Admitted {
  readonly clusterActions: readonly ClusterActionSpec[];
}

function draft(
  problem: Planner,
  { evidence, findings, remedies = new Set(), successors, mirrors }: PlanRequest,
): Draft {
  const { id } = problem.meta;
  const own = findings.filter((finding) => finding.problem === id);
  const planned = problem.plan({
    evidence,
    findings: own,
    remedies,
    ...(successors === undefined ? {} : { successors }),
    ...(mirrors === undefined ? {} : { mirrors }),
  });
  return {
    actions: planned.actions,
    clusterActions: planned.clusterActions ?? [],
    refused: planned.refused.map((refusal) => ({ problem: id, ...aboutOf(refusal.fingerprint, own), ...refusal })),
  };
}

/** Keeps the problems' own order within a node, nodes in the order of their names. */
function admit(
  drafts: readonly Draft[],
  bound: ReadonlyMap<string, PlanNode | undefined>,
  { findings, problems }: PlanRequest,
): Admitted {
  const writes = new Map(problems.map(({ meta }) => [meta.id, meta.writes]));
  const seen = new Set<string>();
  const actions: ActionSpec[] = [];
  const refused = drafts.flatMap((one) => one.refused);
  for (const action of drafts.flatMap((one) => one.actions)) {
    const key = refusalOf(action, bound, seen) ?? strayRefusal(action, writes);
    if (key) refused.push(...refusalsFor(action, key, findings));
    else actions.push(action);
    seen.add(place(action));
  }
  return {
    actions: actions.toSorted((a, b) => compareNames(a.node, b.node)),
    refused,
  };
}

function compareRefusals(a: Refusal, b: Refusal): number {
  return (
    compareNames(a.node, b.node) ||
    compareNames(a.object ?? '', b.object ?? '') ||
    compareNames(a.fingerprint, b.fingerprint) ||
    compareNames(a.key, b.key)
  );
}

function refusalOf(
  action: ActionSpec,
  bound: ReadonlyMap<string, PlanNode | undefined>,
  seen: ReadonlySet<string>,
): string | undefined {
  if (!bound.get(action.node)) return engineRefusals.unidentified;
  return seen.has(place(action)) ? engineRefusals.conflict : undefined;
}

/** A path may have been learnt on the node; where a problem has no business it writes nothing, whoever named it. */
function strayRefusal(action: ActionSpec, writes: ReadonlyMap<string, readonly string[]>): string | undefined {
  return strayPath([action], writes.get(action.problem) ?? []) === undefined ? undefined : engineRefusals.strayPath;
}

/**
 * Two actions on one file of one node would undo each other's preconditions. A restart has none of another problem's:
 * each problem restarts behind its own files.
 */
function place(action: ActionSpec): string {
  const owner = action.kind === 'service' ? action.problem : '';
  return [action.node, action.kind, subjectOf(action), owner].join('\n');
}

function subjectOf(action: ActionSpec): string {
  return actionKind(action.kind).subject(action);
}

function refusalsFor(action: ActionSpec, key: string, findings: readonly Finding[]): readonly Refusal[] {
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  return action.cures
    .filter((fingerprint) => known.has(fingerprint))
    .map((fingerprint) => ({
      problem: action.problem,
      fingerprint,
      node: action.node,
      key,
      params: { node: action.node, path: subjectOf(action) },
    }));
}

/** The node or the object that a refused finding is about. */
function aboutOf(fingerprint: string, findings: readonly Finding[]): Pick<Refusal, 'node' | 'object'> {
  const subject = findings.find((finding) => finding.fingerprint === fingerprint)?.subject;
  if (subject === undefined || subject.kind === 'cluster') return { node: '' };
  if (subject.kind === 'node') return { node: subject.name };
  return {
    node: '',
    object:
      'namespace' in subject && subject.namespace !== undefined ? `${subject.namespace}/${subject.name}` : subject.name,
  };
}

function planTarget(evidence: Evidence): PlanTarget {
  if (evidence.scope.targets === 'hosts') return { kind: 'hosts' };
  const { cluster } = evidence;
  if (cluster.state !== 'seen' || cluster.value.uid.state !== 'seen') throw new NodemendError('PLAN_UNBOUND');
  return {
    kind: 'cluster',
    uid: cluster.value.uid.value,
    context: cluster.value.context,
    server: cluster.value.server,
  };
}

/** A node's binding; undefined when what tells it from its successor was not seen. */
function bindNode(node: NodeEvidence, target: PlanTarget): PlanNode | undefined {
  if (node.access.state !== 'seen' || !node.access.value.machineId || !node.access.value.bootId) return undefined;
  if (target.kind === 'cluster' && node.api.state !== 'seen') return undefined;
  const { machineId, bootId, hostKey } = node.access.value;
  return {
    name: node.name,
    ...(node.group === undefined ? {} : { group: node.group }),
    ...(node.api.state === 'seen' ? { uid: node.api.value.uid } : {}),
    machineId,
    bootId,
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}
