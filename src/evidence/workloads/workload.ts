import type { CalicoNodeTemplate } from '../calico/calico-facts.ts';
import type { Observed } from '../evidence.ts';
import type { Upkeep } from './upkeep.ts';

/**
 * Everything that makes pods, as far as it tells which images it names, who made it and who keeps it as it is.
 * ReplicaSets that a Deployment keeps for its history have no pods, and are left out.
 */
export interface WorkloadFacts {
  /** The kinds of Kubernetes itself; one that may not be listed is unknown by itself. */
  readonly builtIn: readonly WorkloadResource[];
  /**
   * Custom resources that hold a pod template or a reference of a retired registry, or that belong to another object.
   * Listed only when asked for: a cluster may have hundreds of kinds, and hundreds of thousands of objects of one.
   */
  readonly custom: Observed<readonly WorkloadResource[]>;
}

/** The objects of one kind. */
export interface WorkloadResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, as in the API's paths; `*` for a group whose content the server does not list. */
  readonly resource: string;
  readonly kind: string;
  /** Sorted by namespace and name. */
  readonly objects: Observed<readonly Workload[]>;
}

export interface Workload {
  /** Empty where the kind has none. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Its controller, else the first of its owners. */
  readonly owner?: WorkloadOwner;
  /** What has to be done before it can be deleted (`metadata.finalizers`). */
  readonly finalizers?: readonly string[];
  /** Labels and annotations by which the field's tools mark what they keep (`ownershipMarks`). */
  readonly marks?: Readonly<Record<string, string>>;
  readonly images: readonly TemplateImage[];
  /** Names in `imagePullSecrets` of its pod templates. */
  readonly pullSecrets?: readonly string[];
  /** `spec.strategy.type`, `spec.updateStrategy.type`: when pods follow a new template. */
  readonly strategy?: string;
  /** The run of nodemend that its pods were restarted by, as the pod template has it (`nodemend.dev/restarted-by`). */
  readonly restartedBy?: string;
  /** A Deployment that waits with that. */
  readonly paused?: true;
  /** A Job that is over: it pulls nothing any more. */
  readonly finished?: true;
  /** Nested deeper than was searched. */
  readonly truncated?: true;
  /** Of Calico's DaemonSet, how its container is told what to do. */
  readonly calicoNode?: CalicoNodeTemplate;
  /** Of what is the cluster's network, Calico's workloads and Flannel's. */
  readonly upkeep?: Upkeep;
}

export interface WorkloadOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** An image in an object, and where. */
export interface TemplateImage {
  /** JSON pointer (RFC 6901) of the reference's text. */
  readonly pointer: string;
  /** As it is written. */
  readonly image: string;
  /**
   * `field`: no container's image, but a text that is a reference of a retired registry: a variable, a field of an
   * operator.
   */
  readonly role: 'container' | 'init' | 'ephemeral' | 'volume' | 'field';
  /** Name of the container or volume; for a field, of the field. */
  readonly container: string;
}
