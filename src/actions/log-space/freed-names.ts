/**
 * Where an undo puts a log. A removed one comes back under its own name. The old lines of an emptied log come back
 * beside it, like a rotated log: behind the new ones they would be out of order. No program takes that name for one of
 * its own: kubelet looks for `<n>.log.*`, docker for `<id>-json.log.<n>`, logrotate for a date or a number.
 */
export function returnName(path: string, log: 'rotated' | 'dead' | 'live', run: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return log === 'live' ? `${name}-nodemend-${run}` : name;
}

/** The name under which it waits until it is whole; a leading dot is matched by none of their patterns. */
export function temporaryName(path: string, run: string): string {
  return `.${path.slice(path.lastIndexOf('/') + 1)}.nodemend-${run}~`;
}
