import { expect, test } from 'vitest';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { words } from '../fixtures/narrow.ts';
import { planOf, fileAction, samplePreview } from '../../../app/testing/sample-plan.ts';
import { sampleProblem } from '../../../app/testing/sample-report.ts';
import { objectBlock } from './object-block.ts';
import { renderPlan } from './view.ts';
import { contextOf } from '../fixtures/sample-context.ts';

const base = { problem: 'sample-logs', cures: [], why: { key: 'why', params: {} } } as const;
const objects: readonly ClusterActionSpec[] = [
  {
    ...base,
    kind: 'object-patch',
    id: 'object-patch:team/Deployment/web',
    disrupts: 'restart',
    uid: 'u',
    object: {
      kind: 'Deployment',
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      namespace: 'team',
      name: 'web',
    },
    changes: [{ path: '/spec/template/spec/containers/0/image', from: 'k8s.gcr.io/a:1', to: 'registry.k8s.io/a:1' }],
  },
  {
    ...base,
    kind: 'manifest',
    id: 'manifest:Policy/gate',
    object: { kind: 'Policy', group: 'x', version: 'v1', resource: 'policies', name: 'gate' },
    from: { apiVersion: 'x/v1', kind: 'Policy', metadata: { name: 'gate' }, spec: { warn: true } },
    to: 'absent',
  },
];

test('an object that is for a hundred nodes names them as a set', () => {
  const nodes = Array.from({ length: 100 }, (_, index) => `worker-${index}`).join(', ');
  const context = contextOf('en');
  const asParams = { ...context.texts, t: (_: string, params = {}) => JSON.stringify(params) };
  const [hold] = objects.map((one) => ({ ...one, why: { key: 'why', params: { nodes } } })).slice(1);
  expect(hold && objectBlock(hold, { ...context, texts: asParams }).join('\n')).toContain('worker-[0-99]');
});

const options = { preview: samplePreview, problems: [sampleProblem], nks: true, next: 'nodemend apply plan.json' };

test('objects alone: the diff of the lines that change, the risk, the undo; no word of nodes', () => {
  expect(renderPlan(planOf([], { clusterActions: objects }), options, contextOf('en'))).toMatchInlineSnapshot(`
    "Plan 3f2a91c7d0e5, cluster nks_prod_0af1
    (https://0af1b2c3-nks-kr1.container.nhncloud.com:6443), 2026-11-24 08:30 UTC

    CHANGE  team/Deployment/web
      Why: no rule covers the container logs
      Risk: its pods are replaced.
      Undo: the old values are written back.
      --- team/Deployment/web	now
      +++ team/Deployment/web	planned
      @@ spec.template.spec.containers[0] @@
      -image: k8s.gcr.io/a:1
      +image: registry.k8s.io/a:1

    REMOVE  Policy/gate
      Why: no rule covers the container logs
      Risk: low, no pod is replaced.
      Undo: the object is re-created as it was.
      --- Policy/gate	now
      +++ /dev/null	planned
      @@ -1,6 +0,0 @@
      -apiVersion: x/v1
      -kind: Policy
      -metadata:
      -  name: gate
      -spec:
      -  warn: true

    2 changes to cluster objects. Requires --allow restart.

    Next: nodemend apply plan.json
    "
  `);
  const korean = words(renderPlan(planOf([], { clusterActions: objects }), options, contextOf('ko')));
  expect(korean).toContain('위험: 파드가 새 파드로 교체됨 되돌리기: 이전 값을 다시 기록');
  expect(korean).toContain('위험: 낮음, 파드를 교체하지 않음 되돌리기: 오브젝트를 이전 그대로 다시 생성');
  expect(korean).toContain('클러스터 오브젝트 변경 2개. --allow restart 옵션이 필요합니다.');
});

test('behind nodes, and what a person has to mend of both', () => {
  const refused = [
    { problem: 'sample-logs', fingerprint: 'f', node: 'old-1', key: 'refused', params: { path: '/etc/x' } },
    {
      problem: 'sample-logs',
      fingerprint: 'g',
      node: '',
      object: 'team/old',
      key: 'refused',
      params: { path: '/etc/x' },
    },
  ];
  const text = renderPlan(
    planOf([fileAction('worker-1', 'absent')], { clusterActions: objects, refused }),
    options,
    contextOf('en'),
  ).replaceAll(/\s+/g, ' ');

  expect(text.indexOf('CHANGE team/Deployment/web')).toBeGreaterThan(
    text.indexOf('CREATE /etc/logrotate.d/docker on 1 node'),
  );
  expect(text).toContain('LEFT ALONE 2 places, to be fixed manually old-1, team/old: a rule in /etc/x');
  expect(text).toContain('1 change on 1 node. 2 changes to cluster objects. Requires --allow restart.');
});
