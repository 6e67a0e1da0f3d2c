import type { ErrorCode } from '../../../errors/catalogue.ts';
import { isErrorCode } from '../../../errors/error-code.ts';
import type { Evidence, NodeEvidence, Observed, UnknownReason } from '../../../evidence/evidence.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Finding } from '../../../problems/problem.ts';

type UnknownFinding = Extract<Finding, { readonly status: 'unknown' }>;

/** Nodes, or what else, that could not be seen for the same reason. */
export interface UnknownGroup {
  readonly reason: UnknownReason;
  /** The problems that stay unknown on them, in the order they were asked. */
  readonly problems: readonly string[];
  /** Empty for what concerns no node: a part of the cluster, a registry. */
  readonly nodes: readonly string[];
  readonly findings: readonly UnknownFinding[];
  /** The error behind them, when all have the same one. */
  readonly error?: { readonly code: ErrorCode; readonly params: readonly TextParams[] };
}

interface UnknownPlace {
  /** Undefined for what concerns no node. */
  readonly node: string | undefined;
  readonly reason: UnknownReason;
  readonly problems: readonly string[];
  readonly findings: readonly UnknownFinding[];
  readonly error: KnownError | undefined;
}

interface KnownError {
  readonly code: ErrorCode;
  readonly params: TextParams;
}

/** One group per reason, error and set of problems; the largest first. */
export function groupUnknowns(evidence: Evidence, findings: readonly Finding[]): readonly UnknownGroup[] {
  const unknown = findings.filter((finding): finding is UnknownFinding => finding.status === 'unknown');
  const byName = new Map(evidence.nodes.map((node) => [node.name, node]));
  const byPlace = Map.groupBy(unknown, (finding) => JSON.stringify([finding.reason, placeOf(finding)]));
  const places = [...byPlace.values()].flatMap((group) => toPlace(group, evidence, byName));
  const groups = Map.groupBy(places, ({ node, reason, problems, error }) =>
    JSON.stringify([node === undefined, reason, problems, error?.code]),
  );
  return [...groups.values()].flatMap(toGroup).toSorted((a, b) => b.nodes.length - a.nodes.length);
}

/** Each part of the cluster that could not be read may have a reason of its own. */
function placeOf({ subject, rule, fingerprint }: UnknownFinding): readonly string[] {
  return subject.kind === 'node' ? [subject.name] : [rule, fingerprint];
}

function toPlace(
  findings: readonly UnknownFinding[],
  evidence: Evidence,
  byName: ReadonlyMap<string, NodeEvidence>,
): readonly UnknownPlace[] {
  const [first] = findings;
  if (!first) return [];
  const name = first.subject.kind === 'node' ? first.subject.name : undefined;
  const node = name === undefined ? undefined : byName.get(name);
  const problems = [...new Set(findings.map((finding) => finding.problem))].toSorted();
  return [
    {
      node: name,
      reason: first.reason,
      problems,
      findings,
      error: node ? errorBehind(node, findings) : errorInCluster(evidence, findings),
    },
  ];
}

/** The error of the node's access, else of the sections that the findings were concluded from. */
function errorBehind(node: NodeEvidence, findings: readonly UnknownFinding[]): KnownError | undefined {
  const sections = findings
    .flatMap((finding) => finding.evidence)
    .map((reference) => node.sections[reference.slice(reference.indexOf('#') + 1)]);
  return [node.access, node.api, ...sections].map(knownError).find((error) => error !== undefined);
}

/**
 * The error of the part of the cluster (`cluster#pods`) that the findings were concluded from, else of the cluster
 * itself.
 */
function errorInCluster({ cluster }: Evidence, findings: readonly UnknownFinding[]): KnownError | undefined {
  const parts: Readonly<Record<string, unknown>> = cluster.state === 'seen' ? { ...cluster.value } : {};
  const read = findings
    .flatMap((finding) => finding.evidence)
    .map((reference) => parts[reference.replace(/^cluster#/, '')]);
  return [cluster, ...read.filter(isObserved)].map(knownError).find((error) => error !== undefined);
}

function isObserved(part: unknown): part is Observed<unknown> {
  return typeof part === 'object' && part !== null && 'state' in part;
}

function knownError(seen: Observed<unknown> | undefined): KnownError | undefined {
  const error = seen?.state === 'unknown' ? seen.error : undefined;
  // A bundle may come from a newer nodemend, with codes that this one has no words for.
  return error && isErrorCode(error.code) ? { code: error.code, params: error.params } : undefined;
}

function toGroup(nodes: readonly UnknownPlace[]): readonly UnknownGroup[] {
  const [first] = nodes;
  if (!first) return [];
  const params = nodes.flatMap(({ error }) => (error ? [error.params] : []));
  return [
    {
      reason: first.reason,
      problems: first.problems,
      nodes: nodes.flatMap(({ node }) => node ?? []),
      findings: nodes.flatMap(({ findings }) => findings),
      ...(first.error ? { error: { code: first.error.code, params } } : {}),
    },
  ];
}
