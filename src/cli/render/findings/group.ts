import type { Diagnosis } from '../../../engine/diagnose.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Trouble } from '../../../problems/kit/rules.ts';
import type { Finding, Severity } from '../../../problems/problem.ts';

export function isTrouble(finding: Finding): finding is Trouble {
  return finding.status === 'fail' || finding.status === 'warn';
}

/** Findings with the same cause, told in one sentence. */
export interface FindingGroup {
  readonly problem: string;
  readonly rule: string;
  readonly status: 'fail' | 'warn';
  readonly severity: Severity;
  /** Never empty. */
  readonly findings: readonly Trouble[];
}

/**
 * Up to so many variants of one cause (paths, owners) are told apart; more are told in one sentence that lists some.
 */
const maximumVariants = 3;

/** Puts findings with the same cause together, worst first as they come, then by how many they are. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const troubles = findings.filter(isTrouble);
  const causes = Map.groupBy(troubles, (finding) => JSON.stringify(causeOf(finding)));
  const groups = [...causes.values()].flatMap(splitByWords).flatMap(toGroup);
  const rank = new Map([...Map.groupBy(groups, urgency).keys()].map((key, index) => [key, index]));
  const rankOf = (group: FindingGroup): number => rank.get(urgency(group)) ?? 0;
  return groups.toSorted((a, b) => rankOf(a) - rankOf(b) || b.findings.length - a.findings.length);
}

function causeOf({ problem, rule, status, severity, text, remedy }: Trouble): readonly unknown[] {
  return [problem, rule, status, severity, text.key, remedy];
}

/** Numbers differ from node to node and are told as a range; words are part of the cause. */
function splitByWords(findings: readonly Trouble[]): readonly (readonly Trouble[])[] {
  const variants = Map.groupBy(findings, (finding) => JSON.stringify(wordsOf(finding.text.params)));
  return variants.size <= maximumVariants ? [...variants.values()] : [findings];
}

function wordsOf(params: TextParams): readonly (readonly [string, string])[] {
  return Object.entries(params)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'node')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function toGroup(findings: readonly Trouble[]): readonly FindingGroup[] {
  const [first] = findings;
  if (!first) return [];
  const { problem, rule, status, severity } = first;
  return [{ problem, rule, status, severity, findings }];
}

function urgency(group: FindingGroup): string {
  return `${group.status} ${group.severity}`;
}

/** What a group explains, directly or by what that explains: how many findings, and their rules (`image-pull disk-full`). */
export function symptomsOf(
  { findings }: FindingGroup,
  { muted }: Diagnosis,
): { readonly count: number; readonly rules: readonly string[] } {
  const causes = new Map(
    muted.flatMap((one) => (isTrouble(one) && one.causedBy !== undefined ? [[one.fingerprint, one.causedBy]] : [])),
  );
  const first = (fingerprint: string): string => {
    const cause = causes.get(fingerprint);
    return cause === undefined ? fingerprint : first(cause);
  };
  const told = new Set(findings.map(({ fingerprint }) => fingerprint));
  const symptoms = muted.filter(({ fingerprint }) => told.has(first(fingerprint)));
  return {
    count: symptoms.length,
    rules: [...new Set(symptoms.map(({ problem, rule }) => `${problem} ${rule}`))].toSorted(),
  };
}
