/**
 * What pods run and what keeps them waiting, folded while the list arrives: pods of one owner differ in their names
 * alone, so 100,000 of them are a few thousand entries.
 */
export interface PodFacts {
  /** Pods that were listed and have not ended. */
  readonly pods: number;
  /** Sorted by namespace, owner, container. */
  readonly uses: readonly ImageUse[];
  readonly waiting: readonly WaitingContainer[];
  /** Pods that have a node and claims, and have not begun, sorted by namespace and name; absent where there is none. */
  readonly mounting?: readonly MountingPod[];
  /**
   * Owners of pods on their host's network that ask the cluster's DNS (`ClusterFirstWithHostNet`), sorted by namespace and
   * owner; absent where there is none.
   */
  readonly hostDns?: readonly HostDnsPods[];
}

export interface HostDnsPods {
  readonly namespace: string;
  readonly owner: PodOwner;
  readonly pods: number;
}

/**
 * The object that made a pod (`ownerReferences`, the one that is its controller); a pod that nothing made is its own.
 */
export interface PodOwner {
  /** `apps/v1`; `v1` for a Pod. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** One image reference of the pods of one owner. */
export interface ImageUse {
  readonly namespace: string;
  readonly owner: PodOwner;
  /** Name of the container, or of the volume. */
  readonly container: string;
  readonly role: 'container' | 'init' | 'ephemeral' | 'volume';
  /** As it is written. */
  readonly image: string;
  readonly serviceAccount: string;
  /** Names in `imagePullSecrets` of the pod, those it got from its ServiceAccount included, in their order. */
  readonly pullSecrets: readonly string[];
  /** How many pods of the owner. */
  readonly pods: number;
  /** Static pods are files on a node: what is changed is changed there. */
  readonly static?: true;
  /** That of the container where it is not IfNotPresent. */
  readonly pullPolicy?: 'Always' | 'Never';
  /** Of pods that a node cannot do without (`isOfNode`): the names of the nodes that they are on, sorted. */
  readonly nodes?: readonly string[];
  /** Of the same pods, but for those that are being deleted: what the containers of this name that run are made from. */
  readonly running?: readonly RunningImage[];
}

/** What some of the containers of one name were started from. */
export interface RunningImage {
  /** As kubelet says it (`imageID`); sorted by it. */
  readonly imageID: string;
  /** Names of the nodes, sorted; absent where they are all of the use's. */
  readonly nodes?: readonly string[];
}

/** Containers of one owner that wait for the same reason. */
export interface WaitingContainer {
  readonly namespace: string;
  readonly owner: PodOwner;
  readonly container: string;
  readonly image: string;
  /** `ErrImagePull`, `ImagePullBackOff`, `ContainerCreating`, …. */
  readonly reason: string;
  /** kubelet's text, secrets masked; empty where it has none. */
  readonly message: string;
  readonly pods: number;
  /** Some of the pods, at most `samplePods`, each with its UID. */
  readonly samples: readonly { readonly name: string; readonly uid: string }[];
  /** Names of the nodes they are on, sorted. */
  readonly nodes: readonly string[];
  /** Creation of the oldest of them, RFC 3339. */
  readonly since: string;
}

/** A pod that may be waiting for its volumes. */
export interface MountingPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly owner: PodOwner;
  /** `securityContext.fsGroup`. */
  readonly fsGroup?: number;
  /** `securityContext.fsGroupChangePolicy`, where it is written. */
  readonly changePolicy?: string;
  /** Those of its volumes that are claims, by their names in the pod. */
  readonly claims: readonly { readonly volume: string; readonly claim: string; readonly readOnly?: true }[];
}

/** A warning about pods, the same one of several pods folded into one; one about volumes is each pod's own. */
export interface PodWarning {
  readonly namespace: string;
  /** Of the pod that was seen last. */
  readonly pod: string;
  readonly podUid: string;
  /** `Failed`, `FailedCreatePodSandBox`, …. */
  readonly reason: string;
  readonly message: string;
  /** Node of the kubelet that says so; empty where it does not say. */
  readonly node: string;
  /** How often it was said. */
  readonly count: number;
  /** RFC 3339. */
  readonly lastSeen: string;
}

/** Pods that are named of each group of waiting ones. */
export const samplePods = 3;
