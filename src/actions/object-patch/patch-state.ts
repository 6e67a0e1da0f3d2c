import type { Json, JsonObject } from '../../kubernetes/api.ts';
import type { ObjectPatchAction } from './object-patch-action.ts';
import type { ObjectState } from '../cluster-action.ts';
import { metadataOf } from '../read-object.ts';
import { sameJson } from '../same-json.ts';
import type { FieldDifference } from './field-diff.ts';
import { valueAt } from '../json-pointer.ts';
import { hasVariablePlaces } from './variable-change.ts';

/** Whether the object is the one that was meant, and its fields as they were before or as wanted. Pure. */
export function patchState(spec: ObjectPatchAction, now: JsonObject | undefined): ObjectState {
  if (!isSameObject(spec, now)) return 'moved';
  const { changes } = spec;
  const isAs = (side: 'from' | 'to'): boolean =>
    changes.every((change) => sameJson(fieldAt(now, change.path), change[side]));
  if (isAs('to') && hasVariablePlaces(changes, now, 'after')) return 'applied';
  return isAs('from') && hasVariablePlaces(changes, now, 'before') ? 'as-before' : 'moved';
}

/** Null where there is none: the server keeps no field that is null. */
function fieldAt(now: JsonObject, path: string): Json {
  return valueAt(now, path) ?? null;
}

export function isSameObject({ uid }: ObjectPatchAction, now: JsonObject | undefined): now is JsonObject {
  return now !== undefined && metadataOf(now).uid === uid;
}

/** What stands in the way: the fields that no longer have the value that was expected. */
export function movedFields(
  { changes }: ObjectPatchAction,
  now: JsonObject,
  expected: 'from' | 'to',
): readonly FieldDifference[] {
  return changes.flatMap((change) => {
    const found = fieldAt(now, change.path);
    return sameJson(found, change[expected]) ? [] : [{ path: change.path, before: change[expected], after: found }];
  });
}
