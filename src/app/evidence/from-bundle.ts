import { readBundle } from '../../evidence/bundle.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';

/**
 * The evidence of a bundle, for the problems that were named; all it was made for where none was.
 * @throws NodemendError BUNDLE_WITHOUT_PROBLEM: a bundle answers only what it was made for; and those of `readBundle`
 */
export async function evidenceFromBundle(path: string, named: readonly Problem[] | undefined): Promise<Evidence> {
  const evidence = await readBundle(path);
  if (named === undefined) return evidence;
  const held = evidence.scope.problems;
  const ids = named.map(({ meta }) => meta.id);
  const absent = ids.filter((id) => !held.includes(id));
  if (absent.length > 0)
    throw new NodemendError('BUNDLE_WITHOUT_PROBLEM', { path, problems: absent.join(', '), held: held.join(', ') });
  return { ...evidence, scope: { ...evidence.scope, problems: held.filter((id) => ids.includes(id)) } };
}
