import { diagnose, evidenceFor, type Diagnosis } from '../../engine/diagnose.ts';
import { makePlan, type Planner } from '../../engine/make-plan.ts';
import type { Plan } from '../../engine/plan.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { readBundle } from '../../evidence/bundle.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { detectPlatform } from '../../platforms/platform.ts';
import type { SourceSettings } from '../../images/sources/candidates.ts';
import type { ImageSources } from '../../images/sources/image-sources.ts';
import type { PlanInput, Problem } from '../../problems/problem.ts';
import { retiredNames, type RetiredNames } from '../../registry/successor.ts';
import { configuredNames } from '../configuration/image-replacements.ts';
import { configuredSources } from '../configuration/image-sources.ts';
import type { LoginOf } from '../images/registry-logins.ts';
import type { ReadInputs } from '../inputs/read-inputs.ts';
import { askedSources, type Askable } from './asked-sources.ts';
import { savedImages } from './saved-images.ts';
import { verifiedReferences } from './verified-references.ts';
import { checkEarlier } from '../evidence/check-earlier.ts';
import { collect, withPlanFacts, type OpenedSession } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { FoundNodes, Session } from '../session/session.ts';
import { planScope, type PlanScope } from './plan-scope.ts';
import type { WantedSource } from './wanted-source.ts';

/** A plan, and what is to be said beside it. */
export interface PlannedEvidence {
  readonly plan: Plan;
  readonly scope: PlanScope;
  readonly nks: boolean;
}

export interface PlannedChange extends FoundNodes, PlannedEvidence {}

interface PlanningWants {
  readonly asked: readonly Problem[];
  /** Remedies named by `--remedy`. */
  readonly remedies: ReadonlySet<string>;
  /**
   * The file that nodes are made equal to, for the one problem that is asked for: then that is planned, and nothing
   * else.
   */
  readonly source?: WantedSource | undefined;
  /** What was typed for them. */
  readonly inputs?: ReadInputs;
  readonly command: string;
  /** Image references that have moved, the user's table among them; by default nodemend's own rules alone. */
  readonly names?: RetiredNames;
  /** What the configuration says of where images can be had; by default nothing. */
  readonly sources?: SourceSettings;
}

const noSources: SourceSettings = { names: [], plainHttp: [] };

/** What it is planned with beside the nodes as they are, as it was diagnosed. */
interface DiagnosedWith {
  /** A bundle from before of the same nodes. */
  readonly since?: string | undefined;
  /** The version that the cluster is to be upgraded to. */
  readonly upgradeTo?: string | undefined;
}

interface PlanningRequest extends PlanningWants, DiagnosedWith {
  /** Logins of registries that nodes are asked about. */
  readonly loginOf?: LoginOf | undefined;
  readonly session: Session;
  readonly opened: OpenedSession;
}

/**
 * Collects, diagnoses and plans. @throws NodemendError ACCESS_NOT_ASKED: what is on nodes alone cannot be planned for
 * unseen; BUNDLE_…: a wrong file before any node is asked
 */
export async function planChange(request: PlanningRequest, context: Ports): Promise<PlannedChange> {
  const { opened, asked, since, upgradeTo } = request;
  mustSeeNodes(opened.transport !== undefined, request);
  const earlier = since === undefined ? undefined : await readBundle(since);
  const session = upgradeTo === undefined ? request.session : { ...request.session, upgradeTo };
  const collected = await collect(session, opened, withPlanFacts(asked), context);
  context.interrupt.throwIfAborted();
  if (earlier !== undefined) checkEarlier(since ?? '', earlier, collected.evidence);
  const names = configuredNames(session.configuration);
  const sources = configuredSources(session.configuration);
  const { transport, archives } = opened;
  const nodes = { session, transport, archives, targets: collected.targets, loginOf: request.loginOf };
  const wants = { ...request, names, earlier, sources: request.sources ?? sources };
  return { ...collected, ...(await planned(collected.evidence, wants, { ports: context, nodes })) };
}

/**
 * Plans from evidence that was saved, for the problems it was made for. @throws NodemendError ACCESS_NOT_ASKED: it was
 * made without a way to nodes
 */
export async function planEvidence(
  found: Evidence,
  { since, upgradeTo, ...wants }: PlanningWants & DiagnosedWith,
  context: Ports,
): Promise<PlannedEvidence> {
  const asked = wants.asked.filter(({ meta }) => found.scope.problems.includes(meta.id));
  mustSeeNodes(found.scope.via !== undefined, { ...wants, asked });
  const earlier = since === undefined ? undefined : await readBundle(since);
  const evidence = upgradeTo === undefined ? found : { ...found, scope: { ...found.scope, upgradeTo } };
  if (earlier !== undefined) checkEarlier(since ?? '', earlier, evidence);
  return planned(evidence, { ...wants, asked, earlier }, { ports: context, nodes: undefined });
}

function mustSeeNodes(seen: boolean, { asked, remedies, command }: PlanningWants): void {
  const onNodes = asked.some(({ inputs = {} }) =>
    Object.entries(inputs).some(([remedy, declared]) => declared.onNodes && remedies.has(remedy)),
  );
  if (!seen && (onNodes || !asked.some(readsCluster))) throw new NodemendError('ACCESS_NOT_ASKED', { command });
}

interface Judged extends PlanningWants {
  readonly earlier: Evidence | undefined;
}

async function planned(
  evidence: Evidence,
  { asked, earlier, remedies, source, inputs = new Map(), names = retiredNames(), sources = noSources }: Judged,
  reach: { readonly ports: Ports; readonly nodes: Askable | undefined },
): Promise<PlannedEvidence> {
  const { findings, muted, planners } =
    source === undefined ? diagnosed(evidence, asked, { earlier, names }) : compared(evidence, source);
  const inputOf = (problem: Problem, known?: ImageSources): PlanInput => ({
    evidence: evidenceFor(problem, evidence),
    findings: findings.filter((finding) => finding.problem === problem.meta.id),
    remedies,
    inputs: inputs.get(problem.meta.id) ?? {},
    names,
    sources: known ?? { settings: sources, answers: new Map() },
  });
  const references = asked.flatMap((problem) => problem.verifies?.(inputOf(problem)) ?? []);
  const questions = asked.flatMap((problem) => problem.asksNodes?.(inputOf(problem)) ?? []);
  const told = await askedSources(questions, sources, reach);
  const saved = await savedImages(
    (known) => asked.flatMap((problem) => problem.asksSaved?.(inputOf(problem, { ...told, saved: known })) ?? []),
    reach.nodes?.archives,
    reach.ports.interrupt,
  );
  const plan = makePlan({
    evidence,
    findings,
    problems: planners,
    remedies,
    inputs,
    names,
    verified: await verifiedReferences(references, names, reach.ports),
    sources: { ...told, saved },
  });
  return { plan, nks: isNks(evidence), scope: planScope({ evidence, findings, muted, plan, asked, remedies }) };
}

/** Whether the provider's caution about its nodes belongs to a plan. */
export function isNks({ nodes, cluster }: Evidence): boolean {
  if (cluster.state !== 'seen') return false;
  const { server, context } = cluster.value;
  const seen = nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : []));
  return detectPlatform({ server, context, nodes: seen }) === 'nks';
}

function readsCluster({ reads = [] }: Problem): boolean {
  return reads.length > 0;
}

interface Judgement extends Diagnosis {
  readonly planners: readonly Planner[];
}

function diagnosed(
  evidence: Evidence,
  asked: readonly Problem[],
  known: { readonly earlier: Evidence | undefined; readonly names: RetiredNames },
): Judgement {
  return { ...diagnose(evidence, asked, known), planners: asked };
}

/** What a node's file lacks of the source is a finding like any other, and cured by a plan like any other. */
function compared(evidence: Evidence, { problem: { meta }, synchronise, wanted }: WantedSource): Judgement {
  const { nodes } = synchronise.drift(evidence, wanted);
  return {
    findings: nodes.map(({ finding }) => finding),
    muted: [],
    planners: [{ meta, plan: () => synchronise.plan(evidence, wanted) }],
  };
}
