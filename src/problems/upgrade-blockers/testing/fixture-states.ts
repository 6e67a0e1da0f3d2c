import type { Evidence, Observed } from '../../../evidence/evidence.ts';
import type { DefaultObject, DisruptionBudget } from '../../../evidence/upgrade/upgrade.ts';
import type { Workload } from '../../../evidence/workloads/workload.ts';
import { fixture, ubuntuBoot } from './fixture.ts';

const role: DefaultObject = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespace: '',
  name: 'calico-node',
  uid: 'uid-calico-node',
  finalizers: [],
};
const seen = <T>(...value: readonly T[]): Observed<readonly T[]> => ({ state: 'seen', value });
const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'no right to read it' } as const;

/** A budget of two pods that needs both. */
export const budget = (change: Partial<DisruptionBudget> = {}): DisruptionBudget => ({
  namespace: 'shop',
  name: 'web',
  expectedPods: 2,
  desiredHealthy: 2,
  currentHealthy: 2,
  isCounted: true,
  ...change,
});

const adapter = {
  group: 'custom.metrics.k8s.io',
  version: 'v1beta1',
  service: 'monitoring/prometheus-adapter',
};
const version = (text: string): Observed<string> => ({ state: 'seen', value: text });
const flowSchemas = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3', resource: 'flowschemas' };

const retired: Workload = {
  namespace: 'kube-system',
  name: 'kube-flannel-ds-amd64',
  uid: 'uid-flannel',
  images: [
    {
      pointer: '/spec/template/spec/containers/0/image',
      image: 'quay.io/coreos/flannel:v0.14.0',
      role: 'container',
      container: 'kube-flannel',
    },
  ],
};

const withFinalizers = { roles: seen({ ...role, finalizers: ['example.com/protected'] }) };

/** Every fixture by its name. */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-finalizers': fixture({ upgradeTo: '1.30', upgrade: withFinalizers }),
  'warn-finalizers': fixture({ upgrade: withFinalizers }),
  'fail-finalizers-workload': fixture({
    upgradeTo: '1.30',
    workloads: seen({
      namespace: 'kube-system',
      name: 'calico-node',
      uid: 'uid-calico-node',
      finalizers: ['example.com/protected'],
      images: [],
    }),
  }),
  'fail-metrics-api': fixture({
    version: version('v1.26.3'),
    upgradeTo: '1.27.3',
    upgrade: { apiServices: seen(adapter) },
  }),
  'warn-metrics-api': fixture({ version: version('v1.26.3'), upgrade: { apiServices: seen(adapter) } }),
  'fail-budget-never-allows': fixture({ upgradeTo: '1.30', upgrade: { budgets: seen(budget()) } }),
  'warn-budget-never-allows': fixture({ upgrade: { budgets: seen(budget({ desiredHealthy: 3 })) } }),
  'fail-deprecated-api': fixture({
    version: version('v1.31.4'),
    upgradeTo: '1.32',
    upgrade: { deprecatedApis: seen({ ...flowSchemas, removedRelease: '1.32' }) },
  }),
  'warn-deprecated-api': fixture({
    version: version('v1.31.4'),
    upgrade: { deprecatedApis: seen({ ...flowSchemas, removedRelease: '1.32' }) },
  }),
  'fail-cgroup-v1': fixture({ version: version('v1.33.4'), upgradeTo: '1.34', isNks: true, cgroups: 1 }),
  'fail-cgroup-v1-edited': fixture({
    version: version('v1.33.4'),
    upgradeTo: '1.34',
    isNks: true,
    cgroups: 1,
    boot: ubuntuBoot(' cgroup.memory=nokmem'),
  }),
  'warn-cgroup-v1': fixture({ version: version('v1.33.4'), isNks: true, cgroups: 1 }),
  'pass-node-fine-not-named': fixture({ version: version('v1.34.3'), cgroups: 1 }),
  'fail-retired-image': fixture({ upgradeTo: '1.30', workloads: seen(retired) }),
  'warn-retired-image': fixture({ workloads: seen(retired) }),
  'fail-not-next-minor': fixture({ upgradeTo: '1.31' }),
  'fail-not-next-minor-older': fixture({ upgradeTo: '1.28' }),
  'pass-nothing-blocks': fixture({ upgradeTo: '1.30' }),
  'pass-node-fine': fixture({ version: version('v1.33.4'), upgradeTo: '1.34', isNks: true }),
  'unknown-version-unknown': fixture({ version: { state: 'unknown', reason: 'malformed', detail: 'no version' } }),
  'unknown-objects-unknown': fixture({ upgrade: { roles: forbidden } }),
  'unknown-metrics-api-unknown': fixture({ version: version('v1.26.3'), upgrade: { apiServices: forbidden } }),
  'unknown-budgets-unknown': fixture({ upgrade: { budgets: forbidden } }),
  'unknown-workloads-unknown': fixture({ workloads: forbidden }),
  'unknown-deprecated-unknown': fixture({
    upgrade: { deprecatedApis: { state: 'unknown', reason: 'unreachable', detail: 'connection cut' } },
  }),
  'not-looked-at-deprecated-unknown': fixture({
    upgrade: { deprecatedApis: { state: 'not-looked-at', enable: 'deploy/nodemend-read-metrics.yaml' } },
  }),
  'unknown-cluster-unknown': fixture({ cluster: forbidden }),
  'not-looked-at-cluster-unknown': fixture({ cluster: { state: 'not-looked-at', enable: '--kubeconfig' } }),
  'unknown-node-unknown': fixture({ version: version('v1.33.4'), isNks: true, cgroups: 'unreachable' }),
  'not-looked-at-node-unknown': fixture({ version: version('v1.33.4'), isNks: true, cgroups: 'not-looked-at' }),
};
