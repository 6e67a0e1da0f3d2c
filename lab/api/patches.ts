import { isFields, type Fields } from './objects.ts';

/** RFC 7396: null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/**
 * Lists that a strategic merge patch merges by a key instead of replacing them (`patchMergeKey` in the API's Go types).
 */
const mergeKeys: Readonly<Record<string, string>> = {
  conditions: 'type',
  addresses: 'type',
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
};

/** Names that begin with `$` are directives; only `$patch: delete` of a list's item is understood here. */
export function hasUnknownDirective(patch: unknown): boolean {
  if (Array.isArray(patch)) return patch.some(hasUnknownDirective);
  if (!isFields(patch)) return false;
  return Object.entries(patch).some(
    ([key, value]) => (key.startsWith('$') && !(key === '$patch' && value === 'delete')) || hasUnknownDirective(value),
  );
}

/** Strategic merge, as far as the objects that the fake serves need it. */
export function strategicPatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = strategicField(key, merged[key], value);
  }
  return merged;
}

function strategicField(key: string, target: unknown, value: unknown): unknown {
  const mergeKey = mergeKeys[key];
  if (!Array.isArray(value) || mergeKey === undefined) return strategicPatch(target, value);
  const items = new Map<unknown, Fields>();
  for (const item of Array.isArray(target) ? target.filter(isFields) : []) items.set(item[mergeKey], item);
  for (const item of value.filter(isFields)) {
    const id = item[mergeKey];
    if (item['$patch'] === 'delete') items.delete(id);
    else items.set(id, strategicPatch(items.get(id), item) as Fields);
  }
  return [...items.values()];
}
