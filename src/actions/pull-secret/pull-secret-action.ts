import type { DockerConfigType } from '../../registry/docker-config/docker-config.ts';
import type { ClusterActionBase } from '../cluster-action.ts';

/**
 * Puts the login of one registry into a Secret that images are pulled with, or makes that Secret. The password is not
 * part of it: the run is given it (`ClusterActionContext.secret`).
 */
export interface PullSecretAction extends ClusterActionBase {
  readonly kind: 'pull-secret';
  readonly disrupts?: never;
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
  /** Its type cannot be changed, or it is immutable: it is removed and re-created, under another UID. */
  readonly recreate: boolean;
}
