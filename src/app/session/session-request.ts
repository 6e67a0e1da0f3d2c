import type { TransportSettings } from '../../transport/settings.ts';
import type { TransportKind } from '../../transport/transport.ts';

/** Which cluster or hosts, which of their nodes, and how to get onto them. What is not said the configuration says. */
export interface SessionRequest extends TargetsRequest, AccessRequest {
  /** The file of the configuration itself; relative paths, here and below, start from the ports' working folder. */
  readonly config?: string;
}

interface TargetsRequest {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** A hosts file, instead of an API server. */
  readonly hosts?: string;
  /** Of labels, as the API server takes it. */
  readonly selector?: string;
  /** A node set. */
  readonly nodes?: string;
  readonly nodeGroup?: string;
  /** Of workloads only those of this namespace are looked at; all, unless named. */
  readonly namespace?: string;
  /** Where Secrets may be read; nowhere unless named. */
  readonly secretNamespaces?: readonly string[];
  /** Whether kubelets are asked for their running configuration. */
  readonly readKubelet?: boolean;
  /** Whether custom resources are searched for what makes pods. */
  readonly customResources?: boolean;
}

interface AccessRequest {
  /** Going onto nodes is asked for. */
  readonly via?: TransportKind;
  readonly user?: string;
  readonly port?: number;
  readonly identity?: readonly string[];
  /** `[user@]host[:port]`. */
  readonly bastion?: string;
  readonly knownHosts?: readonly string[];
  readonly hostKeys?: TransportSettings['hostKeyPolicy'];
  readonly podImage?: string;
  readonly podNamespace?: string;
  readonly connectTimeoutSeconds?: number;
  /** For all sections of a node, or for one script. */
  readonly timeoutSeconds?: number;
  /** Most that goes to all nodes together, and is read of one that gives, bytes a second; no limit unless named. */
  readonly bandwidth?: number;
}
