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

interface Operation {
  readonly op: 'test' | 'replace' | 'add' | 'remove';
  /** JSON pointer (RFC 6901). */
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902, without moving and copying. @returns undefined where a test fails, or a path leads nowhere */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  return (patch as readonly Operation[]).reduce<unknown>(
    (value, operation) => (value === undefined ? undefined : operated(value, operation, partsOf(operation.path))),
    target,
  );
}

function partsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function operated(target: unknown, operation: Operation, [key = '', ...rest]: readonly string[]): unknown {
  const { op, value } = operation;
  if (!Array.isArray(target) && !isFields(target)) return undefined;
  const found = (target as Fields)[key];
  if (rest.length > 0) return placed(target, key, operated(found, operation, rest));
  if (op === 'test') return JSON.stringify(found) === JSON.stringify(value) ? target : undefined;
  if (op === 'add') return added(target, key, value);
  if (found === undefined) return undefined;
  return op === 'remove' ? removed(target, key) : placed(target, key, value);
}

/** In a list before that element, or behind the last one (section 4.1). */
function added(target: Fields | readonly unknown[], key: string, value: unknown): unknown {
  if (!Array.isArray(target)) return placed(target, key, value);
  const at = key === '-' ? target.length : Number(key);
  return at <= target.length ? target.toSpliced(at, 0, value) : undefined;
}

function placed(target: Fields | readonly unknown[], key: string, value: unknown): unknown {
  if (value === undefined) return undefined;
  return Array.isArray(target) ? target.with(Number(key), value) : { ...(target as Fields), [key]: value };
}

function removed(target: Fields | readonly unknown[], key: string): unknown {
  if (Array.isArray(target)) return target.toSpliced(Number(key), 1);
  const { [key]: _gone, ...rest } = target as Fields;
  return rest;
}
