import { stringify } from 'yaml';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { Redact } from '../action.ts';
import type { ObjectReference } from '../cluster-action.ts';
import { objectDiff, type ObjectSide } from '../object-diff.ts';

export interface ManifestSide {
  readonly label: string;
  readonly object: JsonObject | 'absent';
}

/** A unified diff of two states of a whole object. */
export function manifestDiff(
  reference: ObjectReference,
  before: ManifestSide,
  after: ManifestSide,
  redact: Redact,
): string {
  return objectDiff(reference, sideOf(before), sideOf(after), redact);
}

function sideOf({ label, object }: ManifestSide): ObjectSide {
  return {
    label,
    yaml: object === 'absent' ? undefined : stringify(object, { lineWidth: 0, sortMapEntries: true }),
  };
}
