import { expect } from 'vitest';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import type { Permission, Rule } from './shipped-files.ts';

export const rbacPath = '/apis/rbac.authorization.k8s.io/v1';

/**
 * Takes one permission out of its role, and out of others that have it too, does the work when `holder` has really lost
 * it, and puts it back. @param permissions the first is the one, the others are the same of other roles
 */
export async function withoutPermission(
  admin: KubernetesApi,
  holder: KubernetesApi,
  permissions: Permission | readonly [Permission, ...(readonly Permission[])],
  work: () => Promise<void>,
): Promise<void> {
  const all = 'role' in permissions ? ([permissions] as const) : permissions;
  const [permission] = all;
  const changed = await Promise.all(
    all.map(async (one) => {
      const path = rolePath(one);
      return { path, one, rules: await admin.get(path, (raw) => raw['rules'] as unknown as readonly Rule[]) };
    }),
  );
  const write = (path: string, rules: readonly Rule[]): Promise<void> =>
    admin.patch(path, { rules: rules as unknown as JsonObject[] }, { type: 'merge', project: () => undefined });
  for (const { path, one, rules } of changed) await write(path, rulesWithout(rules, one));
  try {
    await untilAllowed(holder, permission, false);
    await work();
  } finally {
    for (const { path, rules } of changed) await write(path, rules);
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
  const isIt = ({ apiGroups = [], resources = [], resourceNames }: Rule): boolean =>
    apiGroups.includes(group) &&
    resources.includes(resource) &&
    (name === undefined ? resourceNames === undefined : resourceNames?.includes(name) === true);
  return rules
    .flatMap((rule) => {
      if (!isIt(rule)) return [rule];
      // Of the other resources of the rule nothing is lost.
      const others = (rule.resources ?? []).filter((one) => one !== resource);
      const otherNames = (rule.resourceNames ?? []).filter((one) => one !== name);
      const only = name === undefined ? {} : { resourceNames: [name] };
      const less = { ...rule, ...only, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) };
      return [
        ...(others.length === 0 ? [] : [{ ...rule, resources: others }]),
        ...(otherNames.length === 0 ? [] : [{ ...rule, resources: [resource], resourceNames: otherNames }]),
        less,
      ];
    })
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
