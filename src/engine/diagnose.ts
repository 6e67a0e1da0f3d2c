import type { Evidence } from '../evidence/evidence.ts';
import { inNamespace } from '../evidence/in-namespace.ts';
import type { Cause, Condition, Rules, Trouble } from '../problems/kit/rules.ts';
import type { Finding, Problem, Severity, Subject } from '../problems/problem.ts';
import type { RetiredNames } from '../registry/successor.ts';

/** The order in which people want to read: what is broken, what is doubtful, what could not be seen, what is fine. */
const statusRank = { fail: 0, warn: 1, unknown: 2, 'not-looked-at': 3, pass: 4 } as const;
const severityRank: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

export interface Diagnosis {
  /** Worst first; within equals by problem, rule and subject, so that the same evidence always reads the same. */
  readonly findings: readonly Finding[];
  /** Symptoms whose cause is itself a finding (`causedBy`): kept for JSON, folded under it for people, not counted. */
  readonly muted: readonly Finding[];
}

/**
 * Asks every problem about the evidence. Pure: the same evidence gives the same diagnosis, live or from a bundle.
 * `earlier` is evidence of the same nodes from before, which tells how fast things change; `names` as in
 * `Problem.diagnose`.
 */
export function diagnose(
  evidence: Evidence,
  problems: readonly Problem[],
  { earlier, names }: { readonly earlier?: Evidence | undefined; readonly names?: RetiredNames } = {},
): Diagnosis {
  const asked = problems.filter((problem) => evidence.scope.problems.includes(problem.meta.id));
  const all = asked
    .flatMap((problem) => problem.diagnose(evidenceFor(problem, evidence), earlier, names))
    .toSorted(byUrgency);
  const causes = causesOf(all.filter(isTrouble), new Map(asked.map(({ meta, rules }) => [meta.id, rules])));
  return {
    findings: all.filter((finding) => !causes.has(finding)),
    muted: all.filter(isTrouble).flatMap((symptom) => {
      const cause = causes.get(symptom);
      return cause === undefined ? [] : [{ ...symptom, causedBy: cause.fingerprint }];
    }),
  };
}

/** Whether it looks at what is in namespaces, and is limited with it; what it says of nodes comes from the nodes. */
export function isOfNamespaces({ reads = [] }: Pick<Problem, 'reads'>): boolean {
  return reads.includes('pods');
}

/** What a problem is told: of workloads only those of the namespace that was named. */
export function evidenceFor(problem: Pick<Problem, 'reads'>, evidence: Evidence): Evidence {
  const { namespace } = evidence.scope;
  return namespace === undefined || !isOfNamespaces(problem) ? evidence : inNamespace(evidence, namespace);
}

/**
 * What explains what, by the rules' tables (`explainedBy`). Only a trouble that was found explains anything: what is
 * unknown does not, nor what is less grave, for an alarm is not made quieter by being explained. Two that explain each
 * other are not both lost: the first to be told stays.
 */
function causesOf(troubles: readonly Trouble[], rules: ReadonlyMap<string, Rules>): ReadonlyMap<Finding, Trouble> {
  const bySubject = Map.groupBy(troubles, ({ subject }) => subjectKey(subject));
  const causes = new Map<Finding, Trouble>();
  const states = ({ problem, rule }: Trouble, condition: Condition): boolean =>
    rules.get(problem)?.[rule]?.condition === condition;
  const isNamed = (candidate: Trouble, cause: Exclude<Cause, { images: Condition }>, symptom: Trouble): boolean =>
    'rule' in cause
      ? candidate.problem === symptom.problem && candidate.rule === cause.rule
      : states(candidate, cause.condition);
  const candidatesFor = (symptom: Trouble, cause: Cause): readonly Trouble[] =>
    'images' in cause
      ? namingAll(
          symptom,
          troubles.filter((one) => states(one, cause.images) && byGravity(one, symptom) <= 0),
        )
      : (bySubject.get(subjectKey(symptom.subject)) ?? []).filter((one) => isNamed(one, cause, symptom));
  const leadsTo = (from: Finding | undefined, symptom: Trouble): boolean =>
    from !== undefined && (from === symptom || leadsTo(causes.get(from), symptom));
  // Backwards, so that of two that explain each other the graver has its symptom first.
  for (const symptom of troubles.toReversed()) {
    const cause = (rules.get(symptom.problem)?.[symptom.rule]?.explainedBy ?? [])
      .flatMap((named) => candidatesFor(symptom, named).filter((one) => named.when?.(symptom, one) ?? true))
      .find((candidate) => byGravity(candidate, symptom) <= 0 && !leadsTo(candidate, symptom));
    if (cause) causes.set(symptom, cause);
  }
  return causes;
}

/** Those that name images of the symptom; none unless they name all of them together. */
function namingAll({ facts: { images } = {} }: Trouble, candidates: readonly Trouble[]): readonly Trouble[] {
  if (!Array.isArray(images) || images.length === 0) return [];
  const naming = candidates.map((one) => ({ one, named: referencesOf(one) }));
  const all = new Set(naming.flatMap(({ named }) => named));
  if (!images.every((image) => all.has(image))) return [];
  return naming.flatMap(({ one, named }) => (named.some((image) => images.includes(image)) ? [one] : []));
}

function referencesOf({ facts: { references } = {} }: Trouble): readonly unknown[] {
  if (!Array.isArray(references)) return [];
  return references.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'image' in one ? one.image : one,
  );
}

function isTrouble(finding: Finding): finding is Trouble {
  return finding.status === 'fail' || finding.status === 'warn';
}

function byUrgency(a: Finding, b: Finding): number {
  return (
    byGravity(a, b) ||
    compare(a.problem, b.problem) ||
    compare(a.rule, b.rule) ||
    compare(subjectKey(a.subject), subjectKey(b.subject))
  );
}

function byGravity(a: Finding, b: Finding): number {
  return statusRank[a.status] - statusRank[b.status] || severityOf(a) - severityOf(b);
}

function severityOf(finding: Finding): number {
  return isTrouble(finding) ? severityRank[finding.severity] : severityRank.low;
}

function subjectKey(subject: Subject): string {
  if (subject.kind === 'cluster') return 'cluster';
  const namespace = 'namespace' in subject ? `${subject.namespace ?? ''}/` : '';
  return `${subject.kind} ${namespace}${subject.name}`;
}

/** Code-unit order: unlike localeCompare it does not depend on the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Exit codes of reading commands, frozen (design section 5). */
export type ReadingExit = 0 | 3 | 4 | 5;

/**
 * 3: a fail at or above the threshold · 5: something that was asked for stayed unknown, or of a problem nothing at all
 * was looked at · 4: warnings, or fails below the threshold · 0: clean. Precedence 3 > 5 > 4 > 0. A symptom counts as
 * its cause does.
 */
export function readingExit({ findings, muted }: Diagnosis, threshold: Severity): ReadingExit {
  const counted = (finding: Finding): boolean =>
    finding.status === 'fail' && severityRank[finding.severity] <= severityRank[threshold];
  if (findings.some(counted)) return 3;
  if (findings.some((finding) => finding.status === 'unknown')) return 5;
  if (findings.length === 0 || unobservedProblems([...findings, ...muted]).length > 0) return 5;
  return findings.some(isTrouble) ? 4 : 0;
}

/**
 * Of which nothing was seen: one that needs the nodes, say, and only the API server was asked. What another problem saw
 * there is no answer for it. Where nodes come from a hosts file there is no API server to ask, and no option that would:
 * one that is only about the cluster is then nobody's question, unless nothing else was asked.
 */
export function unobservedProblems(findings: readonly Finding[]): readonly string[] {
  const groups = [...Map.groupBy(findings, ({ problem }) => problem)];
  const ofNodes = groups.filter(([, own]) => !own.every(needsCluster));
  return (ofNodes.length === 0 ? groups : ofNodes).flatMap(([problem, own]) =>
    own.every(({ status }) => status === 'not-looked-at' || status === 'unknown') ? [problem] : [],
  );
}

function needsCluster(finding: Finding): boolean {
  return finding.status === 'not-looked-at' && finding.enable === '--kubeconfig';
}
