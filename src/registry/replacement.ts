/**
 * One line of the user's own table: what stands below `from` has moved below `to`. A registry, or a part of one, as
 * references write it: `docker.io/bitnami`, `harbor.example:5000`. Whole parts of a path: not `docker.io/bitnamilegacy`.
 */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Whether a name is `parent`, or stands below it. */
export function isBelow(name: string, parent: string): boolean {
  return name === parent || name.startsWith(`${parent}/`);
}
