import type { Json } from '../../kubernetes/api.ts';
import type { Replacement } from '../../registry/replacement.ts';
import type { ClusterActionBase } from '../cluster-action.ts';

/** Changes single fields of an object that exists, and nothing else of it. */
export interface ObjectPatchAction extends ClusterActionBase {
  readonly kind: 'object-patch';
  /** A changed pod template starts new pods. */
  readonly disrupts?: 'restart';
  /** Another object under the same name is not touched. */
  readonly uid: string;
  readonly changes: readonly FieldChange[];
}

/** One field; null for one that is not there. It is only written while it still has the value that the plan saw. */
export interface FieldChange {
  /** JSON pointer (RFC 6901): `/spec/template/spec/containers/0/image`. */
  readonly path: string;
  readonly from: Json;
  readonly to: Json;
  /** The line of the user's table that `to` follows from; absent where it is one of nodemend's own rules. */
  readonly replacement?: Replacement;
}
