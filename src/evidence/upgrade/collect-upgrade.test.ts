import { onTestFinished, expect, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { Limiter } from '../../transport/limiter.ts';
import { collectUpgrade } from './collect-upgrade.ts';
import type { UpgradeFacts } from './upgrade.ts';

const objects: readonly KubeObject[] = [
  ...['kube-system', 'shop'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'calico-node', finalizers: ['example.com/protected'] },
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'other', finalizers: ['a/b'] } },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.custom.metrics.k8s.io' },
    spec: { group: 'custom.metrics.k8s.io', version: 'v1beta1', service: { namespace: 'm', name: 'adapter' } },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.apps' },
    spec: { group: 'apps', version: 'v1' },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'shop', generation: 1 },
    status: { disruptionsAllowed: 0, expectedPods: 2, desiredHealthy: 2, currentHealthy: 2, observedGeneration: 1 },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'roomy', namespace: 'shop', generation: 1 },
    status: { disruptionsAllowed: 1, expectedPods: 2, desiredHealthy: 1, currentHealthy: 2, observedGeneration: 1 },
  },
];

async function collected(identity: string): Promise<UpgradeFacts> {
  const fake = await serveFake(objects);
  const api = fake.client(identity);
  onTestFinished(() => api.close());
  return collectUpgrade(api, new Limiter(2), new AbortController().signal);
}

test('what stands in the way, and nothing of what does not', async () => {
  expect(await collected('admin')).toEqual({
    roles: {
      state: 'seen',
      value: [
        expect.objectContaining({ kind: 'ClusterRole', name: 'calico-node', finalizers: ['example.com/protected'] }),
      ],
    },
    apiServices: {
      state: 'seen',
      value: [{ group: 'custom.metrics.k8s.io', version: 'v1beta1', service: 'm/adapter' }],
    },
    budgets: {
      state: 'seen',
      value: [
        { namespace: 'shop', name: 'web', expectedPods: 2, desiredHealthy: 2, currentHealthy: 2, isCounted: true },
      ],
    },
    deprecatedApis: { state: 'seen', value: [] },
  });
});
