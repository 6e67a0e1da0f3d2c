import { posix } from 'node:path';
import { actionKind, type ActionSpec } from '../actions/action-kinds.ts';

/**
 * Whether a path of a node is one of those that may be written: a name that ends with a slash stands for what is below
 * that folder, any other for that file alone. A path that says the same in a roundabout way is none.
 */
export function mayWrite(writes: readonly string[], path: string): boolean {
  if (!path.startsWith('/') || posix.normalize(path) !== path) return false;
  return writes.some((one) => (one.endsWith('/') ? path.startsWith(one) && path !== one : path === one));
}

/** The first file that one of these actions would write, and that is none of those. */
export function strayPath(actions: readonly ActionSpec[], writes: readonly string[]): string | undefined {
  return actions
    .flatMap((action) => actionKind(action.kind).contents.writes(action))
    .find((path) => !mayWrite(writes, path));
}
