import type { JsonObject } from './api.ts';

/** What only the server writes. */
const serversOwn: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
]);

/** An object as it could be applied again: without what only the server writes, and without its status. Pure. */
export function appliable(raw: JsonObject): JsonObject {
  const { status: _status, metadata = {}, ...rest } = raw;
  const kept = Object.entries(metadata as JsonObject).filter(([key]) => !serversOwn.has(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}
