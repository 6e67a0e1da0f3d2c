import type { JsonObject } from '../../kubernetes/api.ts';
import type { ClusterActionBase } from '../cluster-action.ts';

/**
 * Makes an object that is nodemend's own (label `app.kubernetes.io/managed-by: nodemend`) what it should be, or removes
 * it. Not for Secrets: a plan is read by people.
 */
export interface ManifestAction extends ClusterActionBase {
  readonly kind: 'manifest';
  /** The cluster refuses what it took before. */
  readonly disrupts?: 'deny';
  /**
   * The object as the plan found it, without what only the server writes; `absent` when there was none of that name.
   */
  readonly from: JsonObject | 'absent';
  /** The whole object, with apiVersion, kind and metadata. */
  readonly to: JsonObject | 'absent';
}
