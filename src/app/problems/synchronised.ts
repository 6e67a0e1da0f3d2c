import { NodemendError } from '../../errors/nodemend-error.ts';
import { problems } from '../../problems/index.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Synchronise } from '../../problems/kit/synchronise.ts';

/** A problem whose cure is one file that can be kept the same on all nodes. */
export interface SynchronisedProblem {
  readonly problem: Problem;
  readonly synchronise: Synchronise;
}

export const synchronisedProblems: readonly SynchronisedProblem[] = problems.flatMap((problem) =>
  problem.synchronise === undefined ? [] : [{ problem, synchronise: problem.synchronise }],
);

/** The problem of a command that is named after it; a test holds that each has one. @throws NodemendError USAGE */
export function synchronisedProblem(id: string): SynchronisedProblem {
  const found = synchronisedProblems.find(({ problem }) => problem.meta.id === id);
  if (found !== undefined) return found;
  throw new NodemendError('USAGE', {
    context: 'problem',
    value: id,
    command: id,
    choices: synchronisedProblems.map(({ problem }) => problem.meta.id).join(', '),
  });
}

/** The one problem that a source was named for. @throws NodemendError SOURCE_WITHOUT_PROBLEM */
export function problemOfSource(asked: readonly Problem[], command: string): SynchronisedProblem {
  const [found] = synchronisedProblems.filter(({ problem }) => asked.length === 1 && asked[0] === problem);
  if (found !== undefined) return found;
  const choices = synchronisedProblems.map(({ problem }) => problem.meta.id);
  throw new NodemendError('SOURCE_WITHOUT_PROBLEM', {
    command,
    choices: choices.join(', '),
    example: choices[0] ?? '',
  });
}
