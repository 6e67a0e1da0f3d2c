import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';

/** @throws NodemendError USAGE, with the nearest id, when none of the asked problems has such a remedy. */
export function knownRemedies(
  ids: readonly string[] = [],
  asked: readonly Pick<Problem, 'meta'>[],
  command: string,
): ReadonlySet<string> {
  const known = asked.flatMap(({ meta }) => meta.remedies ?? []);
  const wanted = new Set(ids.flatMap((id) => id.split(',')).map((id) => id.trim()));
  const strange = [...wanted].find((id) => !known.includes(id));
  if (strange === undefined) return wanted;
  const suggestion = nearestName(strange, known);
  const params = { value: strange, command, choices: known.join(', ') || '-' };
  throw new NodemendError(
    'USAGE',
    suggestion === undefined ? { ...params, context: 'remedy' } : { ...params, context: 'remedyNear', suggestion },
  );
}
