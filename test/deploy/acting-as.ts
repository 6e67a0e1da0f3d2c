import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';

/** As the authorizer sees somebody else, whom an administrator plays. @param folder where the kubeconfig is kept */
export async function actingAs(
  administrator: string,
  who: { readonly as: string; readonly 'as-groups': readonly string[] },
  folder: string,
): Promise<KubernetesApi> {
  const kubeconfig = parse(readFileSync(administrator, 'utf8')) as {
    readonly users: readonly { readonly name: string; readonly user: object }[];
  };
  const users = kubeconfig.users.map((entry) => ({ ...entry, user: { ...entry.user, ...who } }));
  const file = join(folder, `${randomUUID()}.kubeconfig`);
  writeFileSync(file, stringify({ ...kubeconfig, users }), { mode: 0o600 });
  return openKubernetes({ kubeconfig: file, environment: {} });
}
