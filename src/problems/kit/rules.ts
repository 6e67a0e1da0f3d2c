import type { Finding, Severity } from '../problem.ts';

export type Trouble = Extract<Finding, { readonly status: 'fail' | 'warn' }>;

/** How grave it is; where that depends on why it is so, by the reason (`why`) that also names its text. */
type Gravity = Severity | Readonly<Record<string, Severity>>;

/** One thing that a problem may say of a subject. What a rule has no entry for it is never said as. */
export interface Rule {
  readonly fail?: Gravity;
  readonly warn?: Gravity;
  readonly pass?: true;
  readonly unknown?: true;
  readonly notLookedAt?: true;
  /** `plan` has actions for it; without this only a person can mend it, and the text says how. */
  readonly remedy?: true;
  /** Keys of its texts, each with all that lies below it; `findings.<rule>` where this is absent. */
  readonly texts?: readonly string[];
  /** Findings of which it is no more than a symptom. */
  readonly explainedBy?: readonly Cause[];
}

/** A finding about the same subject, at least as grave, that explains a symptom as long as it is there. */
export interface Cause {
  /** Another problem; without it the symptom's own. */
  readonly problem?: string;
  readonly rule: string;
  /** Whether it explains this one: a full disk explains no pull that fails for room on another. Pure. */
  readonly when?: (symptom: Trouble, cause: Trouble) => boolean;
}

/** All that a problem may say, by the rule's id: stable, lower kebab case. */
export type Rules = Readonly<Record<string, Rule>>;
