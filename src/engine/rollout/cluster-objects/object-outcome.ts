import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import type { NodeLeft, ObjectOutcome } from '../../run.ts';

/** Why work on an object ended, without what it was left with. */
export type ObjectFault = Omit<ObjectOutcome, 'object' | 'action' | 'left'>;

export function objectOutcome({ id, object }: ClusterActionSpec, left: NodeLeft, fault: ObjectFault): ObjectOutcome {
  return { object: objectWords(object), action: id, left, ...fault };
}
