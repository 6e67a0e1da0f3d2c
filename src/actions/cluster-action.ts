import type { Json, JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import type { Timing } from '../kubernetes/timing.ts';
import type { TextParams } from '../locales/translator.ts';
import type { Disruption, Redact, StepResult } from './action.ts';

/**
 * A change of one object of the Kubernetes API. As with an action on a node, its specification is part of the plan, plain JSON
 * without secrets, and says all that an undo needs to know: the same text is kept in the cluster as the record of the run.
 */
export type ClusterActionSpec = ObjectPatchAction | ManifestAction;

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

export interface ClusterActionBase {
  /** Unique in the plan and stable: `object-patch:<namespace>/<Kind>/<name>`; without a namespace `manifest:<Kind>/<name>`. */
  readonly id: string;
  readonly problem: string;
  /** Fingerprints of the findings it cures. */
  readonly cures: readonly string[];
  /** Why, as a key in the problem's texts; of an action that no problem asked for, in the shell's (`clusterActions.<key>`). */
  readonly why: { readonly key: string; readonly params: TextParams };
  /** Named in `--allow` before it happens; absent when it disturbs nothing. A changed pod template starts new pods: `restart`. */
  readonly disrupts?: Disruption;
  readonly object: ObjectReference;
}

/** Changes single fields of an object that exists, and nothing else of it. */
export interface ObjectPatchAction extends ClusterActionBase {
  readonly kind: 'object-patch';
  /** Another object under the same name is not touched. */
  readonly uid: string;
  readonly changes: readonly FieldChange[];
}

/** One field. It is only written while it still has the value that the plan saw. */
export interface FieldChange {
  /** JSON pointer (RFC 6901): `/spec/template/spec/containers/0/image`. */
  readonly path: string;
  readonly from: Json;
  readonly to: Json;
}

/**
 * Makes an object that is nodemend's own (label `app.kubernetes.io/managed-by: nodemend`) what it should be, or removes it. Not for
 * Secrets: a plan is read by people.
 */
export interface ManifestAction extends ClusterActionBase {
  readonly kind: 'manifest';
  /** The object as the plan found it, without what only the server writes; `absent` when there was none of that name. */
  readonly from: JsonObject | 'absent';
  /** The whole object, with apiVersion, kind and metadata. */
  readonly to: JsonObject | 'absent';
}

/** What a kind of action on objects is given to work with. */
export interface ClusterActionContext {
  readonly api: KubernetesApi;
  /** Id of the run. */
  readonly run: string;
  readonly redact: Redact;
  /** The clock by which something is waited for. */
  readonly timing: Timing;
  /** Ctrl-C: ends waiting, never a change. */
  readonly signal: AbortSignal;
  /** What this run was given beside its plan, by id of the action: no plan and no record holds it. */
  readonly secret: (action: string) => string | undefined;
}

export interface ClusterActionStep {
  readonly name: string;
  /** True for the step after which the change is in force. The one before it has seen that nothing stands in its way. */
  readonly commits?: boolean;
  readonly perform: (context: ClusterActionContext) => Promise<StepResult>;
}

/** What the object says of an action. `moved`: neither as before nor as wanted, or another object, or none. */
export type ObjectState = 'as-before' | 'applied' | 'moved';

export interface ClusterActionKind<Spec extends ClusterActionSpec = ClusterActionSpec> {
  readonly kind: Spec['kind'];
  /** A unified diff of the lines that change, under the object's name. Pure. */
  readonly preview: (spec: Spec, redact: Redact) => string;
  /** `prepare`, a step that commits, then what verifies it. */
  readonly apply: (spec: Spec) => readonly ClusterActionStep[];
  readonly verify: (spec: Spec) => readonly ClusterActionStep[];
  readonly undo: (spec: Spec) => readonly ClusterActionStep[];
  readonly inspect: (spec: Spec, context: ClusterActionContext) => Promise<ObjectState>;
  /** What of the object it changes: two actions of a plan that share one of these would undo each other's preconditions. */
  readonly places: (spec: Spec) => readonly string[];
}
