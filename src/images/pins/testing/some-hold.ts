import type { Json, JsonObject } from '../../../kubernetes/api.ts';
import type { ImageHold } from '../image-hold.ts';

/** What a node of Debian holds. */
export function someHold(change: Partial<ImageHold> = {}): ImageHold {
  return {
    images: ['registry.k8s.io/pause:3.6'],
    nodes: ['worker-1'],
    program: {
      program: '/usr/bin/sleep',
      loader: '/lib64/ld-linux-x86-64.so.2',
      libraries: [{ name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' }],
    },
    ...change,
  };
}

/** As a server has it that nodemend applied it to: with its notes of who has set which field. */
export function asServed(object: JsonObject, notes: readonly unknown[] = []): JsonObject {
  const { metadata, ...rest } = object;
  const own = { manager: 'nodemend', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: fieldsV1(rest) };
  return { ...rest, metadata: { ...(metadata as JsonObject), managedFields: [own, ...(notes as readonly Json[])] } };
}

/** Elements of a list are told apart by their names; a list without is owned as a whole. */
function fieldsV1(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null) return {};
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, below]) => [`f:${key}`, fieldsV1(below)]));
  return Object.fromEntries(
    (value as readonly Json[]).flatMap((one) => {
      const { name } = (typeof one === 'object' ? one : {}) as { readonly name?: unknown };
      return typeof name === 'string' ? [[`k:{"name":"${name}"}`, { '.': {}, ...fieldsV1(one) }]] : [];
    }),
  );
}
