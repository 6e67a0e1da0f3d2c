import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { defaultLease, recordNamespaceOf } from '../default-lease.ts';
import type { Plan } from '../plan.ts';
import type { RunDependencies } from './run-request.ts';

/**
 * Whether the cluster has what a run needs before its first change, so that nobody is asked to approve what cannot be
 * begun. A user who cannot look is told by the lease itself. @throws NodemendError LEASE_NAMESPACE_MISSING
 */
export async function requirePrepared(
  plan: Plan,
  { api, lease = defaultLease, signal }: Pick<RunDependencies, 'api' | 'lease' | 'signal'>,
): Promise<void> {
  if (!api || plan.target.kind !== 'cluster') return;
  try {
    const path = apiPath({ group: '', version: 'v1', resource: 'namespaces', name: lease.namespace });
    await api.get(path, () => undefined, signal);
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'API_NOT_FOUND') return;
    // Where nothing was prepared, records of objects have no namespace either.
    const records = plan.clusterActions === undefined ? [] : [recordNamespaceOf(lease)];
    throw leaseNamespaceMissing(api, [lease.namespace, ...records], error);
  }
}

/** With the one command that makes them, in the cluster that was meant. */
export function leaseNamespaceMissing(
  { context }: Pick<KubernetesApi, 'context'>,
  namespaces: readonly string[],
  cause: NodemendError,
): NodemendError {
  // In a pod there is no kubeconfig, and a name that a shell would read otherwise is left to who types.
  const named = context !== 'in-cluster' && /^[\w@.:/-]+$/u.test(context) ? ` --context ${context}` : '';
  const command = namespaces.map((name) => `kubectl${named} create namespace ${name}`).join(' && ');
  return new NodemendError('LEASE_NAMESPACE_MISSING', { namespace: namespaces[0] ?? '', command }, { cause });
}
