import { readBundle } from '../../evidence/bundle.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RateLimitedEvidence } from '../../engine/rate-limit/conclude.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { Problem } from '../../problems/problem.ts';

/**
 * The evidence of a bundle, for the problems and the namespace that were named; all it was made for where none was.
 * @throws NodemendError BUNDLE_WITHOUT_PROBLEM, BUNDLE_WITHOUT_NAMESPACE: a bundle answers only what it was made for; and
 *   those of `readBundle`
 */
export async function evidenceFromBundle(
  path: string,
  named: readonly Problem[] | undefined,
  namespace?: string,
): Promise<Evidence> {
  const evidence = ofNamespace(await readBundle(path), namespace, path);
  const held = evidence.scope.problems;
  // Asked about a registry's limit, nobody looked for a problem: that is not a clean bill.
  if (named === undefined && held.length > 0) return evidence;
  const ids = (named ?? problemCatalogue).map(({ meta }) => meta.id);
  const absent = ids.filter((id) => !held.includes(id));
  if (absent.length > 0)
    throw new NodemendError('BUNDLE_WITHOUT_PROBLEM', {
      path,
      problems: absent.join(', '),
      held: held.join(', ') || 'rate-limit',
    });
  return { ...evidence, scope: { ...evidence.scope, problems: held.filter((id) => ids.includes(id)) } };
}

function ofNamespace(evidence: Evidence, namespace: string | undefined, path: string): Evidence {
  const { namespace: held } = evidence.scope;
  if (namespace === undefined || namespace === held) return evidence;
  if (held !== undefined) throw new NodemendError('BUNDLE_WITHOUT_NAMESPACE', { path, namespace, held });
  return { ...evidence, scope: { ...evidence.scope, namespace } };
}

/**
 * The evidence of a bundle that `rate-limit` made. @throws NodemendError BUNDLE_WITHOUT_PROBLEM, those of `readBundle`
 */
export async function rateLimitFromBundle(path: string): Promise<RateLimitedEvidence> {
  const { rateLimit, ...evidence } = await readBundle(path);
  if (rateLimit !== undefined) return { ...evidence, rateLimit };
  const held = evidence.scope.problems.join(', ');
  throw new NodemendError('BUNDLE_WITHOUT_PROBLEM', { path, problems: 'rate-limit', held });
}
