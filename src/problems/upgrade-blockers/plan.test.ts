import { expect, test } from 'vitest';
import { clusterActionSchema } from '../../actions/cluster-action-kinds.ts';
import { diagnose } from './diagnose.ts';
import { plan } from './plan.ts';
import { states } from './testing/fixture-states.ts';

test('finalizers are taken off when it is asked for, as they were seen, and by no other name', () => {
  const evidence = states['fail-finalizers']!;
  const findings = diagnose(evidence);
  const { clusterActions = [] } = plan({ evidence, findings, remedies: new Set(['remove-finalizers']) });
  expect(clusterActions).toMatchObject([
    {
      kind: 'object-patch',
      id: 'object-patch:ClusterRole/calico-node',
      changes: [{ path: '/metadata/finalizers', from: ['example.com/protected'], to: null }],
    },
  ]);
  const [action] = clusterActions;
  expect(clusterActionSchema.safeParse(action).success).toBe(true);
  const object = { ...action?.object, name: 'cluster-admin' };
  expect(
    clusterActionSchema.safeParse({ ...action, id: 'object-patch:ClusterRole/cluster-admin', object }).success,
  ).toBe(false);
});

test.each([
  ['fail-finalizers', undefined],
  ['warn-finalizers', true],
])('%s: nothing without its name', (name, optional) => {
  const evidence = states[name]!;
  expect(plan({ evidence, findings: diagnose(evidence) })).toMatchObject({
    actions: [],
    refused: [{ key: 'refused.not-asked', ...(optional ? { optional } : {}) }],
  });
});
