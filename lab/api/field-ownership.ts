import { isFields, type Fields, type KubeObject } from './objects.ts';

/**
 * Whose each field is, as far as nodemend asks (kubernetes.io/docs/reference/using-api/server-side-apply): maps are looked
 * into, lists are one field. An object that nobody applied has no such book-keeping here.
 */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
}

interface Entry extends Manager {
  readonly apiVersion: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: Fields;
}

/** What identifies an object, and what the server keeps of it, is nobody's. */
const nobodys =
  /^(?:apiVersion|kind|metadata\.(?:name|namespace|uid|resourceVersion|generation|creationTimestamp)|metadata\.managedFields.*)$/;

export function leavesOf(object: Fields): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (isFields(value) && Object.keys(value).length > 0) {
      for (const [key, field] of Object.entries(value)) visit(field, [...path, key]);
    } else if (!nobodys.test(path.join('.'))) leaves.set(JSON.stringify(path), value);
  };
  visit(object, []);
  return leaves;
}

/** The leaves that each manager owns. */
export type Ownership = readonly (Manager & { readonly leaves: ReadonlySet<string> })[];

export function ownershipOf({ metadata }: KubeObject): Ownership {
  const entries = (metadata['managedFields'] ?? []) as readonly Entry[];
  return entries.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, leaves: pathsIn(fieldsV1) }));
}

export function withOwnership(object: KubeObject, ownership: Ownership): KubeObject {
  const managedFields: readonly Entry[] = ownership
    .filter(({ leaves }) => leaves.size > 0)
    .map(({ manager, operation, leaves }) => ({
      manager,
      operation,
      apiVersion: object.apiVersion,
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsOf(leaves),
    }));
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

/** After a write: what a manager changed is its own from then on, and what is gone is nobody's. */
export function afterWrite(before: KubeObject, after: KubeObject, by: Manager): Ownership {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const changed = [...now.keys()].filter((leaf) => JSON.stringify(now.get(leaf)) !== JSON.stringify(old.get(leaf)));
  return owning(
    ownershipOf(before).map((one) => ({
      ...one,
      leaves: new Set([...one.leaves].filter((leaf) => now.has(leaf) && (isSame(one, by) || !changed.includes(leaf)))),
    })),
    by,
    changed,
  );
}

export function isSame(a: Manager, b: Manager): boolean {
  return a.manager === b.manager && a.operation === b.operation;
}

/** The manager owns these as well. */
function owning(ownership: Ownership, by: Manager, leaves: readonly string[]): Ownership {
  const own = ownership.find((one) => isSame(one, by));
  return [
    ...ownership.filter((one) => !isSame(one, by)),
    { manager: by.manager, operation: by.operation, leaves: new Set([...(own?.leaves ?? []), ...leaves]) },
  ];
}

function pathsIn(fields: Fields, path: readonly string[] = []): ReadonlySet<string> {
  const names = Object.entries(fields);
  if (names.length === 0) return new Set([JSON.stringify(path)]);
  return new Set(names.flatMap(([key, below]) => [...pathsIn(below as Fields, [...path, key.slice('f:'.length)])]));
}

function fieldsOf(leaves: ReadonlySet<string>): Fields {
  const root: Record<string, unknown> = {};
  for (const leaf of leaves) {
    let at = root;
    for (const key of JSON.parse(leaf) as readonly string[]) at = (at[`f:${key}`] ??= {}) as Record<string, unknown>;
  }
  return root;
}
