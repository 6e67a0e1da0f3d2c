import type { Json } from '../kubernetes/api.ts';

/** The reference tokens of a JSON pointer, unescaped (RFC 6901, sections 3 and 4). */
export function pointerParts(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value that a JSON pointer names; undefined where there is none. */
export function valueAt(root: Json, pointer: string): Json | undefined {
  return pointerParts(pointer).reduce<Json | undefined>(childOf, root);
}

function childOf(value: Json | undefined, part: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d*)$/u.test(part) ? (value as readonly Json[])[Number(part)] : undefined;
  return Object.hasOwn(value, part) ? (value as Readonly<Record<string, Json>>)[part] : undefined;
}
