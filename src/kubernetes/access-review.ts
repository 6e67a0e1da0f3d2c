import type { Access } from './api.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';

/** Asked at the same time; a role has some twenty rows. */
const parallel = 8;

/**
 * One SelfSubjectAccessReview (authorization.k8s.io/v1) for each access; the answers keep the order.
 * @throws NodemendError API_…
 */
export async function reviewAccess(
  connection: Connection,
  accesses: readonly Access[],
  signal?: AbortSignal,
): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  let next = 0;
  const worker = async () => {
    while (next < accesses.length) {
      const index = next++;
      const access = accesses[index];
      if (access) answers[index] = await reviewOne(connection, access, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, accesses.length) }, worker));
  return answers;
}

async function reviewOne(
  connection: Connection,
  { verb, group, resource, subresource, namespace, name }: Access,
  signal?: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  const review = await exchange(connection, {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
    signal,
  });
  const { status } = review as { readonly status?: { readonly allowed?: boolean } };
  return status?.allowed === true;
}
