import type { Observed } from '../evidence.ts';

/** What tells how Calico is set, and cannot be seen in its workloads; each part may be unknown by itself. */
export interface CalicoFacts {
  /**
   * FelixConfigurations of the API server. `absent`: it has no such kind of object; there is no Calico, or it keeps its data
   * in etcd, where nobody asks.
   */
  readonly felix: Observed<readonly FelixConfiguration[] | 'absent'>;
  /**
   * Felix's variables of the ConfigMap that Calico's manifests let `calico-node` have all variables of
   * (`kube-system/kubernetes-services-endpoint`), by their names as they are written. `absent`: it is not there, which
   * the manifests allow.
   */
  readonly endpoint: Observed<Readonly<Record<string, string>> | 'absent'>;
  /** Nodes by the events about them, which the server keeps for an hour by default, those that are gone among them. */
  readonly nodeEvents: Observed<readonly NodeIdentity[]>;
}

/** Sorted by name in lists. */
export interface FelixConfiguration {
  /** `default` for the cluster, `node.<name>` for one node. */
  readonly name: string;
  /** Fields of its specification about eBPF (`bpf…`) that are text or a truth value, the latter as `true` or `false`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface NodeIdentity {
  readonly name: string;
  readonly uid: string;
}

/** How `calico-node` is told what to do, by the pod template of its DaemonSet. */
export interface CalicoNodeTemplate {
  /** Position of its container among those of the pod. */
  readonly container: number;
  /** How many variables the container's own list has. */
  readonly count: number;
  /** Of that list Felix's variables about eBPF, and which datastore Calico has. */
  readonly variables: readonly TemplateVariable[];
  /** Objects that it gets all variables of, in their order. */
  readonly from: readonly VariableSource[];
}

export interface TemplateVariable {
  /** Position in the list. */
  readonly at: number;
  /** As it is written. */
  readonly name: string;
  /** Absent where it comes from elsewhere (`valueFrom`). */
  readonly value?: string;
}

export interface VariableSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** What is put before each name. */
  readonly prefix?: string;
}
