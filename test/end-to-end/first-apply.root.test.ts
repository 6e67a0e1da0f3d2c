import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { operatorOf, type Operator } from './operator.ts';
import { openCluster } from './practice-cluster.ts';
import type { TestCluster } from './test-cluster.ts';
import { walkthrough } from './walkthrough.ts';

/** The first commands of the README and the first change, on a cluster in which nothing was prepared. */
let cluster: TestCluster;
let operator: Operator;
let api: KubernetesApi;
beforeAll(async () => {
  cluster = await openCluster('e2e-first', 2);
  operator = operatorOf(cluster);
  api = await openKubernetes({ environment: {}, kubeconfig: cluster.kubeconfig });
  for (const name of ['nodemend', 'nodemend-runs']) await api.remove(`/api/v1/namespaces/${name}`);
  const docker = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
  await cluster.breakNodes('container-logs', 'rule-missing', docker);
});
afterAll(async () => {
  await api?.close();
  operator?.leave();
  await cluster?.down();
});

test('the first three commands only read, and need nothing', async () => {
  const [doctor = [], ...reading] = walkthrough('README.md', "An operator's first three commands").slice(0, 3);
  const told = await operator.nodemend(...doctor);
  expect(told.stdout).toContain('kubectl create namespace nodemend');
  for (const words of reading) expect([0, 3], words.join(' ')).toContain((await operator.nodemend(...words)).exitCode);
});

test('apply says what is missing, and after the command that it prints it goes through', async () => {
  const apply = ['apply', 'container-logs', '--yes', '--soak', '0'];
  const refused = await operator.nodemend(...apply);
  expect(refused.exitCode).toBe(8);
  expect(refused.stderr).toContain('[LEASE_NAMESPACE_MISSING]');
  expect(operator.runs()).toEqual([]);

  // What is printed is typed: by kubectl's own request, for there is no kubectl here.
  const [, name = ''] =
    /kubectl --context \S+ create namespace (\S+)/u.exec(refused.stderr.replaceAll(/\s+/gu, ' ')) ?? [];
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, () => undefined);

  const applied = await operator.nodemend(...apply);
  expect(applied.exitCode, `${applied.stdout}${applied.stderr}`).toBe(0);
  expect((await operator.nodemend('undo', '--yes')).exitCode).toBe(0);
});
