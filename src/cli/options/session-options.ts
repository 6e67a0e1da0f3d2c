import type { TransportSettings } from '../../transport/settings.ts';
import type { TransportKind } from '../../transport/transport.ts';

/** On every command. */
interface CommonOptions {
  readonly lang?: string;
  readonly config?: string;
}

/** Which cluster or hosts, and which of their nodes. */
export interface TargetOptions extends CommonOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly hosts?: string;
  readonly selector?: string;
  readonly nodes?: string;
  readonly nodeGroup?: string;
}

/** How to get onto nodes. */
export interface AccessOptions {
  readonly via?: TransportKind;
  readonly user?: string;
  readonly port?: string;
  readonly identity?: readonly string[];
  readonly bastion?: string;
  readonly knownHosts?: readonly string[];
  readonly hostKeys?: TransportSettings['hostKeyPolicy'];
  readonly podImage?: string;
  readonly podNamespace?: string;
  readonly connectTimeout?: string;
  readonly timeout?: string;
  /** Of commands that bring images to nodes. */
  readonly bandwidth?: string;
  /** Of commands that collect. */
  readonly namespace?: string;
  readonly readKubelet?: boolean;
  readonly customResources?: boolean;
}

/** Of commands that may read Secrets, in the namespaces that are named. */
export interface SecretOptions {
  readonly useSecrets?: readonly string[];
}

export interface NodesOptions extends TargetOptions, AccessOptions {}

export interface SessionOptions extends NodesOptions, SecretOptions {}
