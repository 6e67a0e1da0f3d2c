import { expect, test } from 'vitest';
import { fakeCluster, statusObject } from '../../../kubernetes/testing/fake-cluster.ts';
import { askOtherTools, askPods, type ToolsQuestion } from './ask-other-tools.ts';

type Answers = NonNullable<Parameters<typeof fakeCluster>[0]['answers']>;

const listOf = (...items: readonly unknown[]): Answers[string] => ({
  status: 200,
  json: { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items },
});
const forbidden = {
  status: 403,
  json: statusObject(
    403,
    'Forbidden',
    'x is forbidden: User "kim" cannot list resource "x" in API group "" at the cluster scope',
  ),
};
const quiet: Answers = { '/apis/apps/v1/daemonsets': listOf(), '/apis/batch/v1/jobs': listOf() };

async function asking(answers: Answers): Promise<ToolsQuestion> {
  const api = await fakeCluster({ nodes: [], answers });
  return { api, now: Date.parse('2026-11-30T12:00:00Z'), signal: new AbortController().signal };
}

test('nobody at work, in a cluster without NodeMaintenances', async () =>
  expect(await askOtherTools(await asking(quiet))).toEqual([]));

test('each of them, by its own objects', async () => {
  const lock = '{"nodeID":"a","metadata":{"unschedulable":false},"created":"2026-11-30T11:00:00Z","TTL":0}';
  const question = await asking({
    '/apis/apps/v1/daemonsets': listOf({
      metadata: { namespace: 'kube-system', name: 'kured', annotations: { 'weave.works/kured-node-lock': lock } },
    }),
    '/apis/batch/v1/jobs': listOf({
      metadata: { namespace: 's', name: 'j', labels: { 'upgrade.cattle.io/plan': 'p', 'upgrade.cattle.io/node': 'b' } },
      status: { active: 1 },
    }),
    '/apis/nodemaintenance.medik8s.io': { status: 200, json: { preferredVersion: { version: 'v1beta1' } } },
    '/apis/nodemaintenance.medik8s.io/v1beta1/nodemaintenances': listOf({
      metadata: { name: 'fans' },
      spec: { nodeName: 'c' },
    }),
  });
  expect(await askOtherTools(question)).toEqual([
    { by: 'kured', daemonSet: 'kube-system/kured', node: 'a' },
    { by: 'rancher-upgrade', job: 's/j', plan: 'p', node: 'b' },
    { by: 'node-maintenance', name: 'fans', node: 'c' },
  ]);
});

test('what may not be asked blocks', async () => {
  const question = await asking({
    '/apis/apps/v1/daemonsets': forbidden,
    '/apis/batch/v1/jobs': forbidden,
    '/apis/nodemaintenance.medik8s.io': { status: 200, json: { preferredVersion: { version: 'v1beta1' } } },
    '/apis/nodemaintenance.medik8s.io/v1beta1/nodemaintenances': forbidden,
    '/api/v1/pods': forbidden,
  });
  const unknown = (asked: string): object => ({ by: 'unknown', asked, reason: 'API_FORBIDDEN' });
  expect(await askOtherTools(question)).toEqual(['kured', 'rancher-upgrade', 'node-maintenance'].map(unknown));
  expect(await askPods(question, 'a', ['app=db'])).toEqual([unknown('pods')]);
});
