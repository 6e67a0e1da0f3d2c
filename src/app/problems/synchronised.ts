import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { Synchronise } from '../../problems/kit/synchronise.ts';
import type { Problem } from '../../problems/problem.ts';

/** A problem whose cure is one file that can be kept the same on all nodes. */
export interface SynchronisedProblem {
  readonly problem: Problem;
  readonly synchronise: Synchronise;
}

/** Those that have the commands `<id> diff|sync`. */
export const synchronisedEntries: readonly CatalogueEntry[] = problemCatalogue.filter(({ meta }) => meta.synchronises);

/** The one problem that a source was named for. @throws NodemendError SOURCE_WITHOUT_PROBLEM */
export function problemOfSource(asked: readonly Problem[], command: string): SynchronisedProblem {
  const [problem] = asked;
  if (asked.length === 1 && problem?.synchronise) return { problem, synchronise: problem.synchronise };
  const choices = synchronisedEntries.map(({ meta }) => meta.id);
  throw new NodemendError('SOURCE_WITHOUT_PROBLEM', {
    command,
    choices: choices.join(', '),
    example: choices[0] ?? '',
  });
}
