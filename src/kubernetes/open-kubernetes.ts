import type { KubernetesApi } from './api.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { isNodemendError } from '../errors/nodemend-error.ts';
import { inClusterAccess, isInCluster } from './in-cluster.ts';
import { loadKubeconfig, selectContext, type Kubeconfig } from './kubeconfig.ts';
import { kubeconfigAccess } from './kubeconfig-access.ts';
import { systemTiming } from './timing.ts';

export interface KubernetesOptions {
  /** `--kubeconfig` */
  readonly kubeconfig?: string;
  /** `--context` */
  readonly context?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The API server of the chosen context. Reads files and checks them; opens no connection and runs no plugin yet.
 * Without any kubeconfig, in a pod, it is the pod's own service account, as with kubectl.
 * @throws NodemendError KUBECONFIG_…, API_CLIENT_CERTIFICATE_EXPIRED.
 */
export async function openKubernetes(options: KubernetesOptions): Promise<KubernetesApi> {
  const access = await findAccess(options);
  const { createClient } = await import('./client.ts');
  return createClient(access, { timing: systemTiming });
}

async function findAccess(options: KubernetesOptions): Promise<ClusterAccess> {
  const { environment } = options;
  const kubeconfig = await loadKubeconfig(options).catch((error: unknown) => {
    if (isNodemendError(error) && error.code === 'KUBECONFIG_MISSING' && mayUsePod(options)) return undefined;
    throw error;
  });
  if (kubeconfig === undefined) return inClusterAccess(environment, systemTiming);
  return kubeconfigAccess(selectContext(kubeconfig satisfies Kubeconfig, options.context), {
    environment,
    hasTerminal: process.stdin.isTTY,
    timing: systemTiming,
  });
}

/** A kubeconfig or context that was asked for by name is never replaced by something else. */
function mayUsePod({ kubeconfig, context, environment }: KubernetesOptions): boolean {
  return kubeconfig === undefined && context === undefined && isInCluster(environment);
}
