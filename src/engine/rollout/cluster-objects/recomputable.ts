import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { isImagePolicy } from '../../../actions/manifest/image-policy.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { recordName } from './record-store.ts';

/**
 * What a record alone may ask for is what this nodemend would plan itself: beyond the closed lists of the actions'
 * schemas (`src/actions`), whole objects have the text that it would write, before as after. One that another version
 * wrote, or somebody edited, is known from its plan alone.
 * @throws NodemendError CLUSTER_RECORD_INVALID
 */
export function requireRecomputable({ run, actions }: ClusterRecord): void {
  const strange = actions.find((action) => !isRecomputable(action, actions));
  if (strange === undefined) return;
  throw new NodemendError('CLUSTER_RECORD_INVALID', {
    name: recordName(run),
    problem: `${objectWords(strange.object)}: not what this nodemend would plan, and its plan is not here`,
  });
}

function isRecomputable(action: ClusterActionSpec, all: readonly ClusterActionSpec[]): boolean {
  if (action.kind === 'manifest')
    return [action.from, action.to].every((one) => one === 'absent' || isImagePolicy(one));
  // A Secret is handed out by the run that writes it, and by no other.
  if (action.kind === 'pull-secret-attachment')
    return all.some(
      ({ kind, object }) =>
        kind === 'pull-secret' && object.name === action.secret && object.namespace === action.object.namespace,
    );
  return true;
}
