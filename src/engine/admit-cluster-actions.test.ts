import { expect, test } from 'vitest';
import type { ObjectPatchAction } from '../actions/object-patch/object-patch-action.ts';
import type { Finding } from '../problems/problem.ts';
import { admitClusterActions } from './admit-cluster-actions.ts';
import type { PlanTarget } from './plan.ts';

const target: PlanTarget = { kind: 'cluster', uid: 'u', context: 'c', server: 's' };

function patch(id: string, path: string, more: Partial<ObjectPatchAction> = {}): ObjectPatchAction {
  const object = {
    kind: 'Deployment',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    namespace: 'team',
    name: 'web',
  };
  return {
    kind: 'object-patch',
    id,
    problem: 'image-pull',
    cures: [`f-${id}`],
    why: { key: 'why', params: {} },
    object,
    uid: 'u',
    changes: [{ path, from: 'a', to: 'b' }],
    ...more,
  };
}

const findings = ['f-one', 'f-two'].map((fingerprint) => ({ fingerprint }) as Finding);

test("two that change other fields of one object stand side by side, in the problems' order", () => {
  const actions = [patch('two', '/spec/b'), patch('one', '/spec/a')];

  expect(admitClusterActions(actions, findings, target)).toEqual({ clusterActions: actions, refused: [] });
});

test('of two that change one field the first is kept, and the other is told', () => {
  const actions = [patch('one', '/spec/a'), patch('two', '/spec/a')];

  expect(admitClusterActions(actions, findings, target)).toEqual({
    clusterActions: [actions[0]],
    refused: [
      {
        problem: 'image-pull',
        fingerprint: 'f-two',
        node: '',
        object: 'team/Deployment/web',
        key: 'engine:action-conflict',
        params: { node: 'team/Deployment/web', path: 'team/Deployment/web' },
      },
    ],
  });
});

test('without a cluster there is nothing to change in it', () => {
  expect(admitClusterActions([patch('one', '/spec/a')], findings, { kind: 'hosts' })).toMatchObject({
    clusterActions: [],
    refused: [{ key: 'engine:no-cluster' }],
  });
});
