import type { DockerConfigProblem } from '../../registry/docker-config/docker-config.ts';
import type { Observed } from '../evidence.ts';

/**
 * What pull secrets say of themselves, in a namespace that was named for it: of each its type, the registries it is
 * for, when its logins end and what is wrong with it. No password, no user name and no byte of its data is kept.
 */
export interface NamespacePullSecrets {
  readonly namespace: string;
  /**
   * What ServiceAccounts hand to the pods that are made from now on; a pod that exists keeps what it was made with.
   * Sorted by name.
   */
  readonly serviceAccounts: Observed<readonly AttachedSecrets[]>;
  /** What pods name, by pod; absent where pods were read otherwise (`ClusterEvidence.pods`). */
  readonly pods?: Observed<readonly AttachedSecrets[]>;
  /**
   * Secrets that pods or ServiceAccounts name, here or in another namespace that was named and lacks it. Sorted by
   * name.
   */
  readonly secrets: readonly NamedSecret[];
}

export interface AttachedSecrets {
  readonly name: string;
  /** `imagePullSecrets`, in their order. */
  readonly pullSecrets: readonly string[];
}

export interface NamedSecret {
  readonly name: string;
  readonly secret: Observed<PullSecret | 'absent'>;
}

export interface PullSecret {
  readonly type: string;
  /** In their order; empty where there is a problem. */
  readonly logins: readonly PullLogin[];
  /** Why kubelet cannot use it at all. */
  readonly problem?: PullSecretProblem;
}

export interface PullLogin {
  /** For which registry, as it is written; a login that stands in it is masked. */
  readonly key: string;
  /** `token`: an identity or registry token, which Docker's client would use and kubelet does not. */
  readonly holds: 'password' | 'token' | 'nothing';
  /** RFC 3339, where the password says so itself. */
  readonly expires?: string;
}

export interface PullSecretProblem {
  /**
   * `wrong-type`: kubelet only looks into the two types of Docker configurations. `no-data`: without the one key of its
   * type.
   */
  readonly kind: DockerConfigProblem | 'wrong-type' | 'no-data';
  /** Key of the entry at fault. */
  readonly key?: string;
}
