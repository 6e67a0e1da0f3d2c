import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../kubernetes/api.ts';

/** Whether two values are the same JSON; the order of an object's keys says nothing. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return isDeepStrictEqual(a, b);
}

/**
 * Whether `whole` says all that `part` says: it may have further fields (what the server fills in), but no other
 * elements in a list.
 */
export function holdsJson(whole: Json | undefined, part: Json): boolean {
  if (Array.isArray(part)) {
    return (
      Array.isArray(whole) &&
      whole.length === part.length &&
      part.every((one: Json, index) => holdsJson((whole as readonly Json[])[index], one))
    );
  }
  if (typeof part !== 'object' || part === null) return whole === part;
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
  return Object.entries(part).every(([key, value]) => holdsJson((whole as Readonly<Record<string, Json>>)[key], value));
}
