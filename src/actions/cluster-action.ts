import type { z } from 'zod';
import type { KubernetesApi } from '../kubernetes/api.ts';
import type { Timing } from '../kubernetes/timing.ts';
import type { Language } from '../locales/language.ts';
import type { TextParams, TextTree } from '../locales/translator.ts';
import type { Disruption, Redact, StepResult } from './action.ts';

/** Where an object is in the API, and what people call it. */
export interface ObjectReference {
  /** `Deployment`. */
  readonly kind: string;
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in paths: `deployments`. */
  readonly resource: string;
  /** Absent for what is in no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * A change of one object of the Kubernetes API. As with an action on a node, its specification is part of the plan,
 * plain JSON without secrets, and says all that an undo needs to know: the same text is kept in the cluster as the
 * record of the run.
 */
export interface ClusterActionBase {
  readonly kind: string;
  /**
   * Unique in the plan and stable: `object-patch:<namespace>/<Kind>/<name>`; without a namespace
   * `manifest:<Kind>/<name>`.
   */
  readonly id: string;
  /** The problem that asks for it; `admission-policy` for the command of that name. */
  readonly problem: string;
  /** Fingerprints of the findings it cures. */
  readonly cures: readonly string[];
  /** Why, as a key in the texts of `problems.<problem>`. */
  readonly why: { readonly key: string; readonly params: TextParams };
  /** Named in `--allow` before it happens; absent when it disturbs nothing. Each kind says what it can be. */
  readonly disrupts?: Disruption;
  readonly object: ObjectReference;
}

/** What a kind of action on objects is given to work with. */
export interface ClusterActionContext {
  readonly api: KubernetesApi;
  /** Id of the run. */
  readonly run: string;
  readonly redact: Redact;
  /** The clock by which something is waited for. */
  readonly timing: Timing;
  /** Whether a rollout is waited for, or what is seen now is all that is said (`nodemend verify`). */
  readonly patience: 'wait' | 'look';
  /** Ctrl-C: ends waiting, never a change. */
  readonly signal: AbortSignal;
  /** What this run was given beside its plan, by id of the action: no plan and no record holds it. */
  readonly secret: (action: string) => string | undefined;
}

export interface ClusterActionStep {
  readonly name: string;
  /**
   * True for the step after which the change is in force. The one before it has seen that nothing stands in its way.
   */
  readonly commits?: boolean;
  readonly perform: (context: ClusterActionContext) => Promise<StepResult>;
}

/** What the object says of an action. `moved`: neither as before nor as wanted, or another object, or none. */
export type ObjectState = 'as-before' | 'applied' | 'moved';

export interface ClusterActionKind<Spec extends ClusterActionBase> {
  readonly kind: Spec['kind'];
  readonly on: 'object';
  /** What such an action has to look like, in a plan file as in the record in the cluster. */
  readonly schema: z.ZodType<Spec>;
  /** A unified diff of the lines that change, under the object's name. Pure. */
  readonly preview: (spec: Spec, redact: Redact) => string;
  /** The same of its undo. Pure. */
  readonly previewUndo: (spec: Spec, redact: Redact) => string;
  /** `prepare`, a step that commits, then what verifies it. */
  readonly apply: (spec: Spec) => readonly ClusterActionStep[];
  readonly verify: (spec: Spec) => readonly ClusterActionStep[];
  readonly undo: (spec: Spec) => readonly ClusterActionStep[];
  readonly inspect: (spec: Spec, context: ClusterActionContext) => Promise<ObjectState>;
  /** In one word, for people. */
  readonly change: (spec: Spec) => 'create' | 'change' | 'remove';
  /**
   * What of the object it changes: two actions of a plan that share one of these would undo each other's preconditions.
   */
  readonly conflictKeys: (spec: Spec) => readonly string[];
  /**
   * Whether this nodemend would plan it, as one of all of its run: what a record alone may ask for, beyond the closed
   * lists of the schemas. Pure.
   */
  readonly isRecomputable: (spec: Spec, run: readonly ClusterActionBase[]) => boolean;
  /** Undone after all others, because it only puts into force what they have put back. */
  readonly undoneLast?: true;
  /** Its own words, in every language: `step.<name>`. */
  readonly texts: Readonly<Record<Language, TextTree>>;
}
