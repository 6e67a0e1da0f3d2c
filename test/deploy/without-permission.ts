import { expect } from 'vitest';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import type { Permission, Rule } from './shipped-files.ts';

export const rbacPath = '/apis/rbac.authorization.k8s.io/v1';

/** Takes one permission out of its role, does the work when `holder` has really lost it, and puts it back. */
export async function withoutPermission(
  admin: KubernetesApi,
  holder: KubernetesApi,
  permission: Permission,
  work: () => Promise<void>,
): Promise<void> {
  const path = rolePath(permission);
  const rules = await admin.get(path, (raw) => raw['rules'] as unknown as readonly Rule[]);
  const write = (changed: readonly Rule[]): Promise<void> =>
    admin.patch(path, { rules: changed as unknown as JsonObject[] }, { type: 'merge', project: () => undefined });
  await write(rulesWithout(rules, permission));
  try {
    await untilAllowed(holder, permission, false);
    await work();
  } finally {
    await write(rules);
    await untilAllowed(holder, permission, true);
  }
}

function rolePath({ role }: Permission): string {
  const [kind, name, , namespace] = role.split(' ');
  return kind === 'ClusterRole'
    ? `${rbacPath}/clusterroles/${name}`
    : `${rbacPath}/namespaces/${namespace}/roles/${name}`;
}

function rulesWithout(rules: readonly Rule[], { verb, group, resource, name }: Permission): readonly Rule[] {
  const isIt = ({ apiGroups, resources, resourceNames }: Rule): boolean =>
    apiGroups.includes(group) && resources.includes(resource) && resourceNames?.[0] === name;
  return rules
    .map((rule) => (isIt(rule) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule))
    .filter(({ verbs }) => verbs.length > 0);
}

/** The authorizer reads roles from its own cache. */
async function untilAllowed(
  api: KubernetesApi,
  { verb, group, resource: whole, name, namespace }: Permission,
  allowed: boolean,
): Promise<void> {
  const [resource = '', subresource] = whole.split('/');
  const access = {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  await expect.poll(() => api.canI([access]), { timeout: 30_000, interval: 50 }).toEqual([allowed]);
}
