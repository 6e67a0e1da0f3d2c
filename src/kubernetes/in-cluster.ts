import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { Timing } from './timing.ts';
import { tokenFileCredentials } from './token-file.ts';

/** Where kubelet mounts a pod's service account (kubernetes.io/docs/tasks/run-application/access-api-from-pod). */
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a pod that may use the API. */
export function isInCluster(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment['KUBERNETES_SERVICE_HOST'] && environment['KUBERNETES_SERVICE_PORT']);
}

/**
 * The pod's own access. The token is re-read: kubelet renews it. No proxy is used, as client-go does not either.
 * @throws NodemendError KUBECONFIG_FILE_UNREADABLE when no service account is mounted.
 */
export async function inClusterAccess(
  environment: NodeJS.ProcessEnv,
  timing: Timing,
  folder = serviceAccountFolder,
): Promise<ClusterAccess> {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const file = join(folder, 'ca.crt');
  const ca = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new NodemendError(
      'KUBECONFIG_FILE_UNREADABLE',
      { file, field: 'ca.crt', problem: error.code ?? error.message },
      { cause: error },
    );
  });
  return {
    context: 'in-cluster',
    server: new URL(`https://${isIP(host) === 6 ? `[${host}]` : host}:${environment['KUBERNETES_SERVICE_PORT']}`),
    user: 'in-cluster',
    tls: { ca, serverName: undefined, insecure: false },
    compress: false,
    proxy: undefined,
    credentials: tokenFileCredentials(join(folder, 'token'), undefined, timing),
    impersonate: undefined,
    clientCertificateNotAfter: undefined,
  };
}
