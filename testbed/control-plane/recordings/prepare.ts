import { createNode, raw, type Fixture } from './fixture.ts';

/** Eight nodes, and a user `reader` who may read nodes, pods and namespaces. */
export async function prepareCluster(fixture: Fixture): Promise<void> {
  for (let number = 1; number <= 8; number++) {
    await createNode(fixture, `worker-${number}`, { pool: number <= 4 ? 'blue' : 'green' });
  }
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const rules = [{ apiGroups: [''], resources: ['nodes', 'pods', 'namespaces'], verbs: ['get', 'list', 'watch'] }];
  await fixture.admin.create(
    `${rbac}/clusterroles`,
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' }, rules },
    raw,
  );
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }],
  };
  await fixture.admin.create(`${rbac}/clusterrolebindings`, binding, raw);
}
