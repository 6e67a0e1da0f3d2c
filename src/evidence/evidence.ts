import type { CalicoFacts } from './calico/calico-facts.ts';
import type { CinderConfig } from './cinder/cinder-config.ts';
import type { PodFacts, PodWarning } from './pod-facts.ts';
import type { NamespacePullSecrets } from './pull-secrets/pull-secret.ts';
import type { RateLimitEvidence } from './rate-limit/rate-limit.ts';
import type { VolumeFacts } from './volumes/volume-facts.ts';
import type { UpgradeFacts } from './upgrade/upgrade.ts';
import type { WorkloadFacts } from './workloads/workload.ts';

/**
 * Evidence is the one immutable document that every diagnosis is made from: what was seen, on what, when and by which
 * means. It holds raw text; parsing happens in `problems/`. Saved (redacted) it is the bundle, and every fixture is
 * one.
 */

export const evidenceSchema = 'nodemend.dev/evidence/v1';

/** Why something that was asked for could not be seen. An unknown is never read as a pass. */
export type UnknownReason =
  | 'unreachable' // refused, reset or no route
  | 'timed-out' // no answer in time
  | 'auth-failed' // the node or the API server did not accept who we are
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'negotiation-failed' // no algorithm in common with the SSH server
  | 'forbidden' // the API server refused by RBAC; the detail names verb and resource
  | 'needs-root' // readable by root only, and sudo -n did not help
  | 'tool-missing' // the node lacks the program
  | 'probe-failed' // the probe's section ended with an error
  | 'truncated' // the output went over its cap, so it proves nothing
  | 'unproven' // it has the name, and may be somebody's own: a process, or a file that not only root can change
  | 'inconclusive' // all of it was read, and leaves more than one answer
  | 'malformed' // it was read, and is not what it should be
  | 'node-not-ready' // seen in the API only, and that was stale
  | 'interrupted'; // Ctrl-C before it arrived

/** A value that was seen, could not be seen, or nobody asked for. */
export type Observed<T> =
  | { readonly state: 'seen'; readonly value: T }
  | {
      readonly state: 'unknown';
      readonly reason: UnknownReason;
      /** English, one line, for JSON and logs. */
      readonly detail: string;
      /** The error behind it, so that people read it, and its next step, in their language. */
      readonly error?: { readonly code: string; readonly params: Readonly<Record<string, string | number>> };
    }
  /** `enable` is the flag that would look, for example `--via ssh`. */
  | { readonly state: 'not-looked-at'; readonly enable: string };

export interface Evidence {
  readonly schema: typeof evidenceSchema;
  /** RFC 3339, UTC. */
  readonly collectedAt: string;
  readonly collector: { readonly version: string };
  readonly scope: EvidenceScope;
  readonly cluster: Observed<ClusterEvidence>;
  /**
   * Sorted by name. Empty only where a registry was asked about its limit alone: for a diagnosis, no target is an error
   * and not "all fine".
   */
  readonly nodes: readonly NodeEvidence[];
  /** Absent but where `rate-limit` asked. */
  readonly rateLimit?: RateLimitEvidence;
}

interface EvidenceScope {
  /** How nodes were reached; `none` when only the API was read. */
  readonly via: 'none' | 'ssh' | 'system-ssh' | 'pod' | 'local';
  /** Whether the nodes came from an API server or from a hosts file. */
  readonly targets: 'cluster' | 'hosts';
  /** Ids of the problems that were probed for (`--only`). */
  readonly problems: readonly string[];
  /** Of workloads only those of this namespace are looked at (`--namespace`); absent for all. */
  readonly namespace?: string;
  /** Images that the user's configuration says every node needs, as they are written there; absent where it names none. */
  readonly neededImages?: readonly string[];
  /**
   * The version of Kubernetes that the cluster is to be upgraded to (`diagnose --to`, `images restore --for-version`),
   * `1.34` or `1.34.3`; absent where nobody said one.
   */
  readonly upgradeTo?: string;
}

export interface ClusterEvidence {
  /** UID of namespace kube-system: the identity of the cluster. */
  readonly uid: Observed<string>;
  readonly context: string;
  readonly server: string;
  /** gitVersion of /version. */
  readonly version: Observed<string>;
  /** Absent, as what follows, where no problem that was asked about reads it (`Problem.reads`). */
  readonly pods?: Observed<PodFacts>;
  /** Warnings about pods that the server still knows. */
  readonly events?: Observed<readonly PodWarning[]>;
  /** Of the namespaces that were named for it; sorted. */
  readonly pullSecrets?: Observed<readonly NamespacePullSecrets[]>;
  /** What makes pods. */
  readonly workloads?: WorkloadFacts;
  readonly volumes?: VolumeFacts;
  /**
   * DaemonSets of nodemend's own that hold images in use (`images/pins/image-hold.ts`), each as JSON without what only the
   * server writes.
   */
  readonly imageHolds?: Observed<readonly string[]>;
  readonly upgrade?: UpgradeFacts;
  /** How Cinder's CSI driver is configured for volumes that grow; `absent`: its Secret is not there. */
  readonly cinderConfig?: Observed<CinderConfig | 'absent'>;
  readonly calico?: CalicoFacts;
}

export interface NodeEvidence {
  /** Node name of the API, or the name in the hosts file. */
  readonly name: string;
  /** Node group, where labels, the name's pattern or the hosts file tell it. */
  readonly group?: string;
  readonly address: string;
  readonly api: Observed<ApiNode>;
  readonly access: Observed<NodeAccess>;
  /** What the running kubelet says of itself (configz); absent unless it was asked for (`--read-kubelet`). */
  readonly kubelet?: Observed<KubeletConfiguration>;
  /** The claims that its pods have mounted, by the same kubelet, where somebody reads them. Sorted. */
  readonly mounted?: Observed<readonly MountedClaim[]>;
  /**
   * Probe output by the key of a fact (fact.ts), for example `logrotate/files`. A section that was asked for
   * and did not arrive is listed with its reason; one that is absent was not asked for.
   */
  readonly sections: Readonly<Record<string, Observed<Section>>>;
}

/** A Node object, projected on arrival to what diagnoses read. */
export interface ApiNode {
  readonly uid: string;
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable: boolean;
  readonly conditions: readonly ApiCondition[];
  readonly internalIP?: string;
  readonly hostname?: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  /** `docker://20.10.24`, `containerd://1.6.21`. */
  readonly containerRuntimeVersion: string;
  readonly kubeletVersion: string;
  readonly bootID: string;
  readonly machineID: string;
}

/** Of a kubelet's running configuration, the keys that diagnoses read; one that it does not have is absent. */
export interface KubeletConfiguration {
  readonly containerLogMaxSize?: string;
  readonly containerLogMaxFiles?: number;
  readonly maxPods?: number;
  readonly imageGCHighThresholdPercent?: number;
  readonly imageGCLowThresholdPercent?: number;
  readonly imageMinimumGCAge?: string;
  readonly imageMaximumGCAge?: string;
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
}

/** A claim that a pod has mounted, by kubelet's statistics. */
export interface MountedClaim {
  readonly namespace: string;
  readonly name: string;
  /** Of its file system, bytes. */
  readonly capacityBytes: number;
}

export interface ApiCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly since: string;
}

/** How we got onto a node, and who it said it is. */
export interface NodeAccess {
  readonly transport: 'ssh' | 'system-ssh' | 'pod' | 'local';
  readonly user: string;
  /** Whether probes ran as uid 0, through `sudo -n`, or without root. */
  readonly privilege: 'root' | 'sudo' | 'unprivileged';
  /** Why sudo did not work, when it did not. */
  readonly sudo?: SudoRefusal;
  /** `SHA256:…` of the verified host key; absent for `local` and `pod`. */
  readonly hostKey?: string;
  readonly hostname: string;
  /** /etc/machine-id. */
  readonly machineId: string;
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  /** The node's clock minus ours, milliseconds, to about half a round trip. */
  readonly clockSkewMs: number;
  /** From dialling to the last byte, milliseconds. */
  readonly tookMs: number;
}

export type SudoRefusal = 'absent' | 'password-needed' | 'not-allowed' | 'tty-needed' | 'failed';

/** What one section of the probe printed. */
export interface Section {
  readonly exitCode: number;
  /** UTF-8 text, or base64 when the bytes are not valid UTF-8. */
  readonly encoding: 'utf8' | 'base64';
  readonly output: string;
  /** Standard error, at most 4 KiB, for people. */
  readonly errors: string;
  /** The output was longer than its cap; `output` holds its beginning. */
  readonly truncated: boolean;
}
