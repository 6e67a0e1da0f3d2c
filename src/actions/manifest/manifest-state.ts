import type { JsonObject } from '../../kubernetes/api.ts';
import { withoutServerDefaults } from '../../images/pins/server-defaults.ts';
import { appliable } from '../../kubernetes/appliable.ts';
import type { ManifestAction } from './manifest-action.ts';
import type { ObjectState } from '../cluster-action.ts';
import { managedByLabel, fieldManager, runAnnotation } from '../ownership.ts';
import { metadataOf } from '../read-object.ts';
import { holdsJson, sameJson } from '../same-json.ts';

/** Whether nodemend made it. */
export function isOurs(object: JsonObject): boolean {
  return metadataOf(object).labels[managedByLabel] === fieldManager;
}

export interface Written {
  readonly run: string;
}

/**
 * Where the object stands between before and after. Two runs may write the same text: what this run wrote has its name
 * on it. Pure.
 */
export function manifestState(
  { from, to }: ManifestAction,
  now: JsonObject | undefined,
  { run }: Written,
): ObjectState {
  if (now === undefined) return to === 'absent' ? 'applied' : from === 'absent' ? 'as-before' : 'moved';
  if (to !== 'absent' && metadataOf(now).annotations[runAnnotation] === run && holdsJson(appliable(now), to))
    return 'applied';
  return from !== 'absent' && isAsBefore(now, from) ? 'as-before' : 'moved';
}

/** A plan holds nothing that a newer server has filled in. */
function isAsBefore(now: JsonObject, from: JsonObject): boolean {
  const told = now['kind'] === 'DaemonSet' ? withoutServerDefaults(now, from) : now;
  return sameJson(appliable(told), from);
}

/** Whether the object is already as it should be, whoever made it so: its name on it does not matter. Pure. */
export function isWanted({ to }: ManifestAction, now: JsonObject | undefined): boolean {
  if (now === undefined || to === 'absent') return now === undefined && to === 'absent';
  return isOurs(now) && holdsJson(appliable(now), to);
}

/** The object as a run writes it. */
export function signedBy(run: string, object: JsonObject): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const annotations = (metadata['annotations'] ?? {}) as JsonObject;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [runAnnotation]: run } } };
}
