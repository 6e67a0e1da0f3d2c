import { NodemendError } from '../../errors/nodemend-error.ts';
import type { PinRequest } from '../../images/pins/pin-request.ts';
import { notDigest, restoreRemedy, type RestoreInputs } from '../../images/sources/restore-inputs.ts';
import { remedyInputs } from '../inputs.ts';
import { newNodesInputs } from './new-nodes/inputs.ts';
import type { SeededImage } from './new-nodes/image-list.ts';

/** The remedies of this problem, by their ids: each has to be named. */
export const inputs = {
  /** Brings missing images back from the best source that is there. */
  [restoreRemedy]: remedyInputs({
    options: { 'accept-digest': { kind: 'values', placeholder: 'digest' } },
    onNodes: true,
    read: (given, command): RestoreInputs => {
      const accepted = given['accept-digest'];
      const wrong = notDigest(accepted);
      if (wrong === undefined) return { accepted: new Set(accepted) };
      throw new NodemendError('USAGE', { context: 'digest', typed: '--accept-digest', value: wrong, command });
    },
  }),
  /** What new nodes are given before they join. */
  'new-nodes': newNodesInputs,
};

export interface BaseImagesInputs {
  readonly [restoreRemedy]?: RestoreInputs;
  /** Of `nodemend images pin`, which asks for nothing else. */
  readonly pins?: PinRequest;
  readonly 'new-nodes'?: readonly SeededImage[] | undefined;
}
