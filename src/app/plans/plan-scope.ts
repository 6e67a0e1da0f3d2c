import { unobservedProblems, type Diagnosis } from '../../engine/diagnose.ts';
import type { Plan } from '../../engine/plan.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { ImageThere } from '../../images/images-there.ts';
import type { Trouble } from '../../problems/kit/rules.ts';
import type { Finding, ProblemMeta } from '../../problems/problem.ts';

/** What a plan speaks of, and what it does not: without it an empty plan would read as if all were well. */
export interface PlanScope {
  readonly evidence: Evidence;
  /** What the plan was made from. */
  readonly findings: readonly Finding[];
  /** Nodes about which something that was asked stayed unknown: the plan says nothing of them. */
  readonly unseen: readonly string[];
  /** Problems that were asked for and for which nothing was looked at, or could be seen. */
  readonly unobserved: readonly string[];
  /** Images that were asked for and that nodes have already. */
  readonly there?: readonly ImageThere[];
  /** Problems with a trouble that the plan does nothing about, and their remedies that nobody named. */
  readonly further: readonly FurtherRemedies[];
}

export interface FurtherRemedies {
  readonly problem: string;
  readonly remedies: readonly string[];
}

interface ScopeRequest extends Diagnosis {
  readonly evidence: Evidence;
  readonly plan: Plan;
  readonly asked: readonly { readonly meta: Pick<ProblemMeta, 'id' | 'remedies'> }[];
  /** Named by `--remedy`. */
  readonly remedies: ReadonlySet<string>;
}

export function planScope({ evidence, findings, muted, plan, asked, remedies }: ScopeRequest): PlanScope {
  const all = [...findings, ...muted];
  const unseen = findings.flatMap(({ status, subject }) =>
    status === 'unknown' && subject.kind === 'node' ? [subject.name] : [],
  );
  const left = new Set(findings.filter((finding) => isLeft(finding, plan)).map(({ problem }) => problem));
  return {
    evidence,
    findings,
    unseen: [...new Set(unseen)].toSorted(),
    // No finding at all is not an answer either.
    unobserved: all.length === 0 ? asked.map(({ meta }) => meta.id) : unobservedProblems(all),
    further: asked.flatMap(({ meta: { id: problem, remedies: ids = [] } }) => {
      const unnamed = ids.filter((id) => !remedies.has(id));
      return left.has(problem) && unnamed.length > 0 ? [{ problem, remedies: unnamed }] : [];
    }),
  };
}

/** A trouble that no action cures. */
function isLeft(finding: Finding, { actions, clusterActions = [] }: Plan): finding is Trouble {
  return (
    (finding.status === 'fail' || finding.status === 'warn') &&
    ![...actions, ...clusterActions].some(({ cures }) => cures.includes(finding.fingerprint))
  );
}

/** Whether all that was asked for was seen, but for what of a problem nobody asked for. */
export function isFullyObserved({ findings, unobserved }: PlanScope): boolean {
  return unobserved.length === 0 && findings.every(({ status }) => status !== 'unknown');
}

/** Nothing would change, and of a problem nothing was seen: nobody knows that there is nothing to change. */
export function saysNothing(plan: Plan, { unobserved }: PlanScope): boolean {
  return isEmpty(plan) && unobserved.length > 0;
}

export function isEmpty({ actions, clusterActions = [] }: Plan): boolean {
  return actions.length + clusterActions.length === 0;
}
