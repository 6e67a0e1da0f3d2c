import type { ActionSpec } from '../actions/action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import type { Evidence, NodeEvidence } from '../evidence/evidence.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Finding, PlannedAction, Problem, ProblemMeta } from '../problems/problem.ts';
import type { ImageSources } from '../images/sources/image-sources.ts';
import type { RetiredNames, Successor } from '../registry/successor.ts';
import { admitClusterActions } from './admit-cluster-actions.ts';
import { admitNodeActions } from './admit-node-actions.ts';
import { compareNames } from './compare-names.ts';
import { evidenceFor } from './diagnose.ts';
import { planHash } from './plan-hash.ts';
import { planSchema, type Plan, type PlanNode, type PlanTarget } from './plan.ts';

/** The part of a problem that plans. */
export type Planner = Pick<Problem, 'plan' | 'reads'> & { readonly meta: Pick<ProblemMeta, 'id' | 'writes'> };

export interface PlanRequest {
  readonly evidence: Evidence;
  /** As `diagnose` gave them; muted ones are not planned for. */
  readonly findings: readonly Finding[];
  /** The problems to plan for. */
  readonly problems: readonly Planner[];
  /** Remedies that were asked for by name. */
  readonly remedies?: ReadonlySet<string>;
  /** What was typed for the remedies, by the problem's id. */
  readonly inputs?: ReadonlyMap<string, object>;
  /** As the findings were made with. */
  readonly names?: RetiredNames;
  /** What registries said of the references that the problems have verified. */
  readonly verified?: ReadonlyMap<string, Successor>;
  /** Where images can be had, as nodes were told. */
  readonly sources?: ImageSources;
}

type Refusal = Plan['refused'][number];

/**
 * Findings become a plan: the problems say which actions, here they are bound to what cannot be reused under the same
 * name. Pure and deterministic. A node whose identity was not seen gets no action, and a refusal instead
 * (`admitNodeActions`).
 * @throws NodemendError PLAN_UNBOUND when the cluster's own identity was not seen.
 */
export function makePlan(request: PlanRequest): Plan {
  const { evidence, findings, problems } = request;
  const target = planTarget(evidence);
  const drafts = problems
    .toSorted((a, b) => compareNames(a.meta.id, b.meta.id))
    .map((problem) => draft(problem, request));
  const bound = new Map(evidence.nodes.map((node) => [node.name, bindNode(node, target)]));
  const writes = new Map(problems.map(({ meta }) => [meta.id, meta.writes]));
  const { actions, refused } = admitNodeActions(
    drafts.flatMap((one) => one.actions),
    { bound, writes },
  );
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
    actions: actions.toSorted((a, b) => compareNames(a.node, b.node) || Number(reboots(a)) - Number(reboots(b))),
    ...(objects.clusterActions.length === 0 ? {} : { clusterActions: objects.clusterActions }),
    refused: [...drafts.flatMap((one) => one.refused), ...refused, ...objects.refused].toSorted(compareRefusals),
  } satisfies Omit<Plan, 'hash'>;
  return { ...unsealed, hash: planHash(unsealed) };
}

/** Behind all else on its node, whichever problems planned it: what is written before is in force with it. */
function reboots({ disrupts }: ActionSpec): boolean {
  return disrupts === 'reboot';
}

interface Draft {
  readonly actions: readonly PlannedAction[];
  readonly clusterActions: readonly ClusterActionSpec[];
  readonly refused: readonly Refusal[];
}

function draft(
  problem: Planner,
  { evidence, findings, remedies = new Set(), inputs, names, verified, sources }: PlanRequest,
): Draft {
  const { id } = problem.meta;
  const own = findings.filter((finding) => finding.problem === id);
  const planned = problem.plan({
    evidence: evidenceFor(problem, evidence),
    findings: own,
    remedies,
    inputs: inputs?.get(id) ?? {},
    ...(names && { names }),
    ...(verified && { verified }),
    ...(sources && { sources }),
  });
  return {
    actions: planned.actions,
    clusterActions: planned.clusterActions ?? [],
    refused: planned.refused.map((refusal) => ({ problem: id, ...aboutOf(refusal.fingerprint, own), ...refusal })),
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

/** The node or the object that a refused finding is about. */
function aboutOf(fingerprint: string, findings: readonly Finding[]): Pick<Refusal, 'node' | 'object'> {
  const subject = findings.find((finding) => finding.fingerprint === fingerprint)?.subject;
  if (subject === undefined || subject.kind === 'cluster') return { node: '' };
  if (subject.kind === 'node') return { node: subject.name };
  return {
    node: '',
    object: 'namespace' in subject && subject.namespace !== '' ? `${subject.namespace}/${subject.name}` : subject.name,
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
