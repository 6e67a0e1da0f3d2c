import { clusterActionKind } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { recordName } from './record-store.ts';

/**
 * What a record alone may ask for is what this nodemend would plan itself: beyond the closed lists of the actions'
 * schemas (`src/actions`), whole objects have the text that it would write, before as after. One that another version
 * wrote, or somebody edited, is known from its plan alone.
 * @throws NodemendError CLUSTER_RECORD_INVALID
 */
export function requireRecomputable({ run, actions }: ClusterRecord): void {
  const strange = actions.find((action) => !clusterActionKind(action.kind).isRecomputable(action, actions));
  if (strange === undefined) return;
  throw new NodemendError('CLUSTER_RECORD_INVALID', {
    name: recordName(run),
    problem: `${objectWords(strange.object)}: not what this nodemend would plan, and its plan is not here`,
  });
}
