import type { ClientCertificate } from '../../network/route.ts';
import type { ClusterAccess } from '../cluster-access.ts';
import { fixedCredentials } from '../credentials.ts';

export interface AccessParts extends Partial<ClusterAccess> {
  /** PEM. */
  readonly ca: string;
  readonly token?: string;
  readonly certificate?: ClientCertificate;
}

/** Access to a server of a test, without a kubeconfig. */
export function accessTo(url: string, { ca, token, certificate, ...others }: AccessParts): ClusterAccess {
  return {
    context: 'test',
    server: new URL(url),
    user: 'tester',
    tls: { ca, serverName: undefined, insecure: false },
    compress: true,
    proxy: undefined,
    credentials: fixedCredentials({
      ...(token === undefined ? {} : { token }),
      ...(certificate ? { certificate } : {}),
    }),
    impersonate: undefined,
    clientCertificateNotAfter: undefined,
    ...others,
  };
}
