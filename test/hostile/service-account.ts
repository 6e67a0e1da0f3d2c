import { sign } from 'node:crypto';
import type { HostileFixture } from './hostile-fixture.ts';

const namespace = 'nodemend';

/** A user that is not of system:masters, whom the server never limits: a service account that may do everything. */
export interface ServiceAccount {
  readonly name: string;
  /** `system:serviceaccount:…`, as the server calls it. */
  readonly user: string;
  readonly uid: string;
}

export async function createServiceAccount({ admin }: HostileFixture, name: string): Promise<ServiceAccount> {
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  const uid = await admin.create(
    `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body,
    (raw) => (raw['metadata'] as { readonly uid: string }).uid,
  );
  const group = 'rbac.authorization.k8s.io';
  const binding = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
  await admin.create(`/apis/${group}/v1/clusterrolebindings`, binding, () => undefined);
  return { name, user: `system:serviceaccount:${namespace}:${name}`, uid };
}

/**
 * A token as the API server itself would sign it, for any time: a request for one takes ten minutes at least. The
 * server accepts it for a minute longer than it says (the leeway of go-jose, which kube-apiserver verifies with), and
 * remembers for ten seconds that it was good.
 */
export function mintToken(
  { controlPlane }: HostileFixture,
  { name, user, uid }: ServiceAccount,
  expiresAt: Date,
): string {
  const issuer = 'https://kubernetes.default.svc';
  const exp = Math.floor(expiresAt.getTime() / 1000);
  const claims = {
    iss: issuer,
    aud: [issuer],
    sub: user,
    iat: exp - 3600,
    nbf: exp - 3600,
    exp,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), controlPlane.tokenKey).toString('base64url')}`;
}
