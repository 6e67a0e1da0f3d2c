import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';

export const problemIds: readonly string[] = problemCatalogue.map(({ meta }) => meta.id);

/** @throws NodemendError USAGE, with the nearest id, when there is no such problem. */
export function knownProblem(id: string, command: string): CatalogueEntry {
  const entry = problemCatalogue.find(({ meta }) => meta.id === id);
  if (entry) return entry;
  const suggestion = nearestName(id, problemIds);
  const params = { value: id, command, choices: problemIds.join(', ') };
  throw new NodemendError(
    'USAGE',
    suggestion === undefined ? { ...params, context: 'problem' } : { ...params, context: 'problemNear', suggestion },
  );
}

/** `a,b` or repeated options; all problems when nothing was named. */
export function knownProblems(ids: readonly string[], command: string): readonly CatalogueEntry[] {
  if (ids.length === 0) return problemCatalogue;
  const wanted = new Set(ids.flatMap((id) => id.split(',')).map((id) => knownProblem(id.trim(), command)));
  // In the catalogue's order, whatever order they were typed in.
  return problemCatalogue.filter((entry) => wanted.has(entry));
}
