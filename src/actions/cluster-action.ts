import type { Json, JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import type { Timing } from '../kubernetes/timing.ts';
import type { TextParams } from '../locales/translator.ts';
import type { DockerConfigType } from '../registry/docker-config/docker-config.ts';
import type { Disruption, Redact, StepResult } from './action.ts';

/**
 * A change of one object of the Kubernetes API. As with an action on a node, its specification is part of the plan,
 * plain JSON without secrets, and says all that an undo needs to know: the same text is kept in the cluster as the
 * record of the run.
 */
export type ClusterActionSpec = ObjectPatchAction | ManifestAction | PullSecretAction | PullSecretAttachmentAction;

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
  /**
   * Named in `--allow` before it happens; absent when it disturbs nothing. A changed pod template starts new pods:
   * `restart`.
   */
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
 * Makes an object that is nodemend's own (label `app.kubernetes.io/managed-by: nodemend`) what it should be, or removes
 * it. Not for Secrets: a plan is read by people.
 */
export interface ManifestAction extends ClusterActionBase {
  readonly kind: 'manifest';
  /**
   * The object as the plan found it, without what only the server writes; `absent` when there was none of that name.
   */
  readonly from: JsonObject | 'absent';
  /** The whole object, with apiVersion, kind and metadata. */
  readonly to: JsonObject | 'absent';
}

/**
 * Puts the login of one registry into a Secret that images are pulled with, or makes that Secret. The password is not
 * part of it: the run is given it (`ClusterActionContext.secret`).
 */
export interface PullSecretAction extends ClusterActionBase {
  readonly kind: 'pull-secret';
  /** Under which kubelet looks for it: `https://index.docker.io/v1/`, `ghcr.io`. */
  readonly key: string;
  readonly user: string;
  readonly type: DockerConfigType;
  readonly from: 'absent' | PriorPullSecret;
}

/** The Secret as the plan found it, without its data. */
export interface PriorPullSecret {
  readonly uid: string;
  /** Any write since then makes the plan one of another world. */
  readonly resourceVersion: string;
  readonly type: string;
  /** Of its logins; a login that stands in a key is masked. */
  readonly keys: readonly string[];
  /** Those of them that the new login takes the place of. */
  readonly replaced: readonly string[];
  /** Its type cannot be changed, or it is immutable: it is removed and made anew, under another UID. */
  readonly recreate: boolean;
}

/** Hands a pull secret to the pods that are made from now on, besides those that the ServiceAccount names already. */
export interface PullSecretAttachmentAction extends ClusterActionBase {
  readonly kind: 'pull-secret-attachment';
  /** Of the ServiceAccount. */
  readonly uid: string;
  /** Its `imagePullSecrets` as the plan found them, in their order. */
  readonly from: readonly string[];
  readonly secret: string;
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

export interface ClusterActionKind<Spec extends ClusterActionSpec = ClusterActionSpec> {
  readonly kind: Spec['kind'];
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
  readonly places: (spec: Spec) => readonly string[];
}
