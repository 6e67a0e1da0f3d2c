import type { Finding, Severity } from '../problem.ts';

export type Trouble = Extract<Finding, { readonly status: 'fail' | 'warn' }>;

/** How grave it is; where that depends on why it is so, by the reason (`why`) that also names its text. */
type Gravity = Severity | Readonly<Record<string, Severity>>;

/** One thing that a problem may say of a subject. What it has no entry for it is never said as. */
export interface Rule {
  readonly fail?: Gravity;
  readonly warn?: Gravity;
  readonly pass?: true;
  readonly unknown?: true;
  readonly notLookedAt?: true;
  /** The part of `plan` that cures it; without one only a person can, and the text says how. */
  readonly remedy?: string;
  /**
   * One of `meta.remedies`: that part is in no plan for which it was not named (`--remedy`). Of several that would do, the
   * one that takes least from people.
   */
  readonly onRequest?: string;
  /** Keys of its texts, each with all that lies below it; `findings.<rule>` where this is absent. */
  readonly texts?: readonly string[];
  /** What it states that may explain findings of other problems. */
  readonly condition?: Condition;
  /** Findings that it is only a symptom of. */
  readonly explainedBy?: readonly Cause[];
}

/**
 * What rules of any problem may state of a subject, and others be explained by, without knowing each other.
 *
 * - `disk-full`: a disk of the node is past where kubelet makes room. `facts.imagesAt`: the folder of the runtime's
 * images,
 *   where they lie on it.
 * - `sandbox-image-missing`: the image that holds pods together is not on the node.
 * - `retired-reference`: a workload names an image of a registry that is no longer served.
 * - `wrong-repository`: a workload names an image that no registry serves under that name.
 */
export type Condition = 'disk-full' | 'sandbox-image-missing' | 'retired-reference' | 'wrong-repository';

/** A finding at least as grave that explains a symptom as long as it is there; about the same subject, or its images. */
export type Cause = {
  /** Whether it explains this one: a full disk explains no pull that fails for room on another. Pure. */
  readonly when?: (symptom: Trouble, cause: Trouble) => boolean;
} & (
  | { /** Of the same problem. */ readonly rule: string }
  | { /** Of whatever problem states it. */ readonly condition: Condition }
  /** Findings that state it of any subject, and that together name (`facts.references`) all of the symptom's `facts.images`. */
  | { readonly images: Condition }
);

/** All that a problem may say, by the rule's id: stable, lower kebab case. */
export type Rules = Readonly<Record<string, Rule>>;

/** Of a table that is `as const`: the rules that may be said so. */
export type RulesFor<Table extends Rules, Status extends keyof Rule> = {
  [Id in keyof Table]: Status extends keyof Table[Id] ? Id : never;
}[keyof Table] &
  string;

/** What needs no more than to be said. */
export const pass = { pass: true } as const satisfies Rule;
export const unknown = { unknown: true } as const satisfies Rule;

/** Keys of a rule's texts, without what lies below them. */
export function textsOf(id: string, { texts = [`findings.${id}`] }: Rule): readonly string[] {
  return texts;
}

const byGravity: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Where a reason has no severity of its own, the gravest of the rule. */
export function severityOf(gravity: Gravity | undefined, why: string | undefined): Severity {
  if (typeof gravity === 'string') return gravity;
  const named = Object.values(gravity ?? {});
  return (why === undefined ? undefined : gravity?.[why]) ?? byGravity.find((one) => named.includes(one)) ?? 'high';
}
