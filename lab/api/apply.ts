import { afterWrite, isSame, leavesOf, ownershipOf, withOwnership, type Manager } from './field-ownership.ts';
import { isFields, type Fields, type KubeObject } from './objects.ts';
import { mergePatch } from './patches.ts';
import { refusal, type Refusal } from './status.ts';

export interface Applied {
  readonly by: Manager;
  readonly force: boolean;
}

/**
 * Server-side apply: what the patch says becomes so and is the manager's; what it said the last time and no longer says
 * goes, unless somebody else says it too. A field that is another manager's is a conflict, unless by force.
 */
export function applied(
  now: KubeObject,
  patch: KubeObject,
  { by, force }: Applied,
): { readonly object: KubeObject } | { readonly refused: Refusal } {
  const [wanted, there] = [leavesOf(patch), leavesOf(now)];
  const others = ownershipOf(now).filter((one) => !isSame(one, by));
  const differs = (leaf: string): boolean => JSON.stringify(there.get(leaf)) !== JSON.stringify(wanted.get(leaf));
  const conflicts = others.flatMap(({ manager, leaves }) =>
    [...wanted.keys()].filter((leaf) => leaves.has(leaf) && differs(leaf)).map((leaf) => ({ manager, leaf })),
  );
  if (conflicts.length > 0 && !force) return { refused: conflictOf(conflicts) };
  const given = ownershipOf(now)
    .filter((one) => isSame(one, by))
    .flatMap(({ leaves }) =>
      [...leaves].filter((leaf) => !wanted.has(leaf) && !others.some((one) => one.leaves.has(leaf))),
    );
  const kept = given.reduce((object, leaf) => without(object, JSON.parse(leaf) as readonly string[]), now as Fields);
  const object = mergePatch(kept, patch) as KubeObject;
  const ownership = afterWrite(now, object, by).map((one) =>
    isSame(one, by) ? { ...one, leaves: new Set(wanted.keys()) } : one,
  );
  return { object: withOwnership(object, ownership) };
}

function without(object: Fields, [first = '', ...rest]: readonly string[]): Fields {
  const { [first]: gone, ...others } = object;
  if (rest.length === 0 || !isFields(gone)) return others;
  const left = without(gone, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [first]: left };
}

/** `.data.mode`, as the API server calls a field. */
function nameOf(leaf: string): string {
  return (JSON.parse(leaf) as readonly string[]).map((part) => `.${part}`).join('');
}

function conflictOf(conflicts: readonly { readonly manager: string; readonly leaf: string }[]): Refusal {
  const [first] = conflicts;
  const count = conflicts.length === 1 ? '1 conflict: ' : `${conflicts.length} conflicts: `;
  const words = `conflict with "${first?.manager}"`;
  const causes = conflicts.map(({ manager, leaf }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}"`,
    field: nameOf(leaf),
  }));
  const message = `Apply failed with ${count}${words}: ${nameOf(first?.leaf ?? '[]')}`;
  return refusal(409, 'Conflict', message, { details: { causes } });
}
