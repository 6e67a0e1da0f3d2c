import type { Finding } from '../../problems/problem.ts';
import type { FindingsReport } from '../documents/findings/report.ts';

/** A finding as it was last told, with what could not be seen in that look. */
interface Standing {
  readonly finding: Finding;
  readonly words: string;
  readonly unseen: ReadonlySet<string>;
}

/** All that is not well, by fingerprint, over several looks at the same nodes. */
export type StandingFindings = ReadonlyMap<string, Standing>;

/** `left`: its node is no longer among those that are looked at, and whether it is well is unknown. */
export type Change =
  | { readonly kind: 'appeared' | 'gone' | 'left'; readonly finding: Finding }
  | { readonly kind: 'changed'; readonly finding: Finding; readonly was: Finding };

export interface ComparedLook {
  /** Worst first, what ended last. */
  readonly changes: readonly Change[];
  readonly standing: StandingFindings;
}

/**
 * What one more look changed: findings that are new, that have another status or other words (`wordsOf`), or that ended.
 * A trouble that is not found any more ended only where what it could be found in was seen. Otherwise it stands, and
 * what is unknown is told as a finding of its own.
 */
export function changesSince(
  before: StandingFindings,
  { evidence, diagnosis }: FindingsReport,
  wordsOf: (finding: Finding) => string,
): ComparedLook {
  const all = [...diagnosis.findings, ...diagnosis.muted];
  const hidden = all.filter(isUnobserved);
  const unseen = new Set(hidden.map(identity));
  const found = new Map(
    all
      .filter(({ status }) => status !== 'pass')
      .map((finding) => [finding.fingerprint, { finding, words: wordsOf(finding), unseen }] as const),
  );
  const passed = new Set(all.filter(({ status }) => status === 'pass').map(({ fingerprint }) => fingerprint));
  const nodes = new Set(evidence.nodes.map(({ name }) => name));
  const endOf = (standing: Standing): 'gone' | 'left' | undefined => {
    const { finding } = standing;
    if (finding.subject.kind === 'node' && !nodes.has(finding.subject.name)) return 'left';
    const isHidden = !passed.has(finding.fingerprint) && hidden.some((one) => hides(one, standing));
    return isHidden ? undefined : 'gone';
  };
  const missing = [...before].filter(([fingerprint]) => !found.has(fingerprint));
  return {
    changes: [
      ...[...found.values()].flatMap((now) => changeOf(before.get(now.finding.fingerprint), now)),
      ...missing.flatMap(([, standing]) => {
        const kind = endOf(standing);
        return kind === undefined ? [] : [{ kind, finding: standing.finding }];
      }),
    ],
    standing: new Map([...found, ...missing.filter(([, standing]) => endOf(standing) === undefined)]),
  };
}

function changeOf(before: Standing | undefined, now: Standing): readonly Change[] {
  const { finding } = now;
  if (before === undefined) return [{ kind: 'appeared', finding }];
  // A symptom that has lost its cause was folded under it until now.
  const isOnItsOwn = isMuted(before.finding) && !isMuted(finding);
  if (before.words === now.words && stateOf(before.finding) === stateOf(finding) && !isOnItsOwn) return [];
  return [{ kind: 'changed', finding, was: before.finding }];
}

function stateOf(finding: Finding): string {
  const { severity, reason, enable } = { severity: '', reason: '', enable: '', ...finding };
  return JSON.stringify([finding.status, severity, reason, enable]);
}

function isMuted(finding: Finding): boolean {
  return 'causedBy' in finding;
}

function isUnobserved({ status }: Finding): boolean {
  return status === 'unknown' || status === 'not-looked-at';
}

/** What could not be seen, and why: the same again hides nothing that was found beside it. */
function identity(finding: Finding): string {
  return JSON.stringify([finding.fingerprint, stateOf(finding), finding.evidence, finding.text]);
}

/** Whether the trouble could be there, unseen: of another node nothing is hidden, what is unknown is not a trouble. */
function hides(hidden: Finding, { finding, unseen }: Standing): boolean {
  if (isUnobserved(finding) || hidden.problem !== finding.problem || unseen.has(identity(hidden))) return false;
  const [a, b] = [hidden.subject, finding.subject];
  return !(a.kind === 'node' && b.kind === 'node' && a.name !== b.name);
}
