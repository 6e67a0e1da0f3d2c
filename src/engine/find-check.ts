import type { CheckReference, NodeCheck } from '../actions/action.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Problem } from '../problems/problem.ts';

/**
 * @throws NodemendError CHECK_UNKNOWN: a plan or record of another version asks for a check that this one does not
 *   have; CHECK_ARGUMENTS_REFUSED: it gives one what the check's own problem would never plan.
 */
export function findCheck(problems: readonly Problem[], { check, args }: CheckReference): NodeCheck {
  const slash = check.indexOf('/');
  const problem = problems.find(({ meta }) => meta.id === check.slice(0, slash));
  const name = check.slice(slash + 1);
  const found = problem && Object.hasOwn(problem.checks, name) ? problem.checks[name] : undefined;
  if (!found) throw new NodemendError('CHECK_UNKNOWN', { check });
  if (!found.admits(args)) throw new NodemendError('CHECK_ARGUMENTS_REFUSED', { check });
  return found;
}
