import { NodemendError } from '../../errors/nodemend-error.ts';
import type { PinRequest } from '../../images/pins/pin-request.ts';
import type { SourceKind } from '../../images/sources/candidates.ts';
import { remedyInputs } from '../inputs.ts';

/** What images are restored by, beside what is known of them. */
export interface RestoreInputs {
  /** Digests that are right where it is not known which image has to be there. */
  readonly accepted: ReadonlySet<string>;
  /** Of which kinds a source may be; absent: of all. */
  readonly from?: ReadonlySet<SourceKind>;
  /** Names, written out; absent: all that are missing. */
  readonly images?: ReadonlySet<string>;
}

export const restoreRemedy = 'restore-images';

/** The remedies of this problem, by their ids: each has to be named. */
export const inputs = {
  /** Brings missing images back from the best source that is there. */
  [restoreRemedy]: remedyInputs({
    options: { 'accept-digest': { kind: 'values', placeholder: 'digest' } },
    onNodes: true,
    read: (given, command): RestoreInputs => ({ accepted: acceptedDigests(given['accept-digest'], command) }),
  }),
};

export interface BaseImagesInputs {
  readonly [restoreRemedy]?: RestoreInputs;
  /** Of `nodemend images pin`, which asks for nothing else. */
  readonly pins?: PinRequest;
}

/** @throws NodemendError USAGE */
export function acceptedDigests(typed: readonly string[], command: string): ReadonlySet<string> {
  const wrong = typed.find((digest) => !/^sha256:[0-9a-f]{64}$/u.test(digest));
  if (wrong !== undefined)
    throw new NodemendError('USAGE', { context: 'digest', typed: '--accept-digest', value: wrong, command });
  return new Set(typed);
}
