import type { ErrorCode } from '../../../errors/catalogue.ts';
import { isErrorCode } from '../../../errors/error-code.ts';
import type { Evidence, NodeEvidence, Seen, UnknownReason } from '../../../evidence/evidence.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Finding } from '../../../problems/problem.ts';

type UnknownFinding = Extract<Finding, { readonly status: 'unknown' }>;

/** Nodes that could not be seen for the same reason. */
export interface UnknownGroup {
  readonly reason: UnknownReason;
  /** The problems that stay unknown on them, in the order they were asked. */
  readonly problems: readonly string[];
  readonly nodes: readonly string[];
  readonly findings: readonly UnknownFinding[];
  /** The error behind them, when all have the same one. */
  readonly error?: { readonly code: ErrorCode; readonly params: readonly TextParams[] };
}

interface UnknownNode {
  readonly node: string;
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
  const byNode = Map.groupBy(unknown, (finding) => `${finding.reason} ${nameOf(finding)}`);
  const nodes = [...byNode.values()].flatMap((group) => toNode(group, byName));
  const groups = Map.groupBy(nodes, ({ reason, problems, error }) => JSON.stringify([reason, problems, error?.code]));
  return [...groups.values()].flatMap(toGroup).toSorted((a, b) => b.nodes.length - a.nodes.length);
}

function nameOf({ subject }: Finding): string {
  return subject.kind === 'cluster' ? '' : subject.name;
}

function toNode(findings: readonly UnknownFinding[], byName: ReadonlyMap<string, NodeEvidence>): readonly UnknownNode[] {
  const [first] = findings;
  if (!first) return [];
  const node = byName.get(nameOf(first));
  const problems = [...new Set(findings.map((finding) => finding.problem))].toSorted();
  return [{ node: nameOf(first), reason: first.reason, problems, findings, error: node && errorBehind(node, findings) }];
}

/** The error of the node's access, else of the sections that the findings were concluded from. */
function errorBehind(node: NodeEvidence, findings: readonly UnknownFinding[]): KnownError | undefined {
  const sections = findings
    .flatMap((finding) => finding.evidence)
    .map((reference) => node.sections[reference.slice(reference.indexOf('#') + 1)]);
  return [node.access, node.api, ...sections].map(knownError).find((error) => error !== undefined);
}

function knownError(seen: Seen<unknown> | undefined): KnownError | undefined {
  const error = seen?.state === 'unknown' ? seen.error : undefined;
  // A bundle may come from a newer nodemend, with codes that this one has no words for.
  return error && isErrorCode(error.code) ? { code: error.code, params: error.params } : undefined;
}

function toGroup(nodes: readonly UnknownNode[]): readonly UnknownGroup[] {
  const [first] = nodes;
  if (!first) return [];
  const params = nodes.flatMap(({ error }) => (error ? [error.params] : []));
  return [
    {
      reason: first.reason,
      problems: first.problems,
      nodes: nodes.map(({ node }) => node),
      findings: nodes.flatMap(({ findings }) => findings),
      ...(first.error ? { error: { code: first.error.code, params } } : {}),
    },
  ];
}
