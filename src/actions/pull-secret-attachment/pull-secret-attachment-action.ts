import type { ClusterActionBase } from '../cluster-action.ts';

/** Hands a pull secret to the pods that are made from now on, besides those that the ServiceAccount names already. */
export interface PullSecretAttachmentAction extends ClusterActionBase {
  readonly kind: 'pull-secret-attachment';
  readonly disrupts?: never;
  /** Of the ServiceAccount. */
  readonly uid: string;
  /** Its `imagePullSecrets` as the plan found them, in their order. */
  readonly from: readonly string[];
  readonly secret: string;
}
