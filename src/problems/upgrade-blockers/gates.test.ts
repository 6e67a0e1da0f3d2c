import { expect, test } from 'vitest';
import type { Evidence, Observed } from '../../evidence/evidence.ts';
import { diagnose } from './diagnose.ts';
import { fixture } from './testing/fixture.ts';
import { budget } from './testing/fixture-states.ts';

/** Each gate at both of its edges, and what only looks like the trouble. */
const rulesOf = (evidence: Evidence): readonly string[] =>
  diagnose(evidence).map(({ rule, status }) => `${status} ${rule}`);
const version = (text: string): Observed<string> => ({ state: 'seen', value: text });

test.each([
  ['v1.25.4', '1.26', false],
  ['v1.26.3', '1.26.9', false],
  ['v1.26.3', '1.27', true],
  ['v1.27.3', '1.28', false],
])('custom.metrics.k8s.io from %s to %s', (from, upgradeTo, blocks) => {
  const served = { group: 'custom.metrics.k8s.io', version: 'v1beta1', service: 'm/a' };
  const other = { ...served, group: 'metrics.k8s.io', version: 'v1' };
  const of = (found: typeof served): readonly string[] =>
    rulesOf(
      fixture({ version: version(from), upgradeTo, upgrade: { apiServices: { state: 'seen', value: [found] } } }),
    );
  expect(of(served).includes('fail metrics-api')).toBe(blocks);
  expect(of(other)).not.toContain('fail metrics-api');
});

test.each([
  ['v1.32.3', '1.33', true, 1, false],
  ['v1.33.4', '1.34', true, 1, true],
  ['v1.33.4', '1.34', true, 2, false],
  ['v1.33.4', '1.34', false, 1, false],
  ['v1.34.3', '1.35', false, 1, true],
] as const)('from %s to %s, of NKS %s, with cgroup v%i', (from, upgradeTo, isNks, cgroups, blocks) => {
  const found = rulesOf(fixture({ version: version(from), upgradeTo, isNks, cgroups }));
  expect(found.includes('fail cgroup-v1')).toBe(blocks);
});

test.each([
  ['as many healthy pods as there are', {}, true],
  ['more than there are', { desiredHealthy: 5 }, true],
  ['one less: it heals when the pods are ready', { desiredHealthy: 1, currentHealthy: 1 }, false],
  ['no pods', { expectedPods: 0, desiredHealthy: 1 }, false],
  ['a number that its controller has not counted yet', { isCounted: false }, false],
])('a budget that wants %s', (_what, change, blocks) => {
  const found = rulesOf(fixture({ upgrade: { budgets: { state: 'seen', value: [budget(change)] } } }));
  expect(found.includes('warn budget-never-allows')).toBe(blocks);
});

test.each([
  ['1.30', '1.29', true],
  ['1.30', '1.30', true],
  ['1.30', '1.31', false],
  [undefined, '1.30', true],
  [undefined, '1.31', false],
])('to %s an API that %s no longer has', (upgradeTo, removedRelease, blocks) => {
  const api = { group: 'batch', version: 'v1beta1', resource: 'cronjobs', removedRelease };
  const evidence = fixture({
    ...(upgradeTo === undefined ? {} : { upgradeTo }),
    upgrade: { deprecatedApis: { state: 'seen', value: [api] } },
  });
  expect(rulesOf(evidence).some((found) => found.endsWith(' deprecated-api'))).toBe(blocks);
});

test.each([
  ['1.29.9', false],
  ['1.30', false],
  ['1.31', true],
  ['1.28', true],
])('from 1.29 to %s', (upgradeTo, blocks) => {
  expect(rulesOf(fixture({ upgradeTo })).includes('fail not-next-minor')).toBe(blocks);
});

test.each([
  ['calico-node', 'kube-system', ['foregroundDeletion'], false],
  ['calico-node', 'kube-system', ['foregroundDeletion', 'example.com/protected'], true],
  ['calico-node', 'shop', ['example.com/protected'], false],
  ['web', 'kube-system', ['example.com/protected'], false],
])('the DaemonSet %s of %s with the finalizers %j', (name, namespace, finalizers, blocks) => {
  const workload = { namespace, name, uid: 'u', finalizers, images: [] };
  const found = rulesOf(fixture({ workloads: { state: 'seen', value: [workload] } }));
  expect(found.includes('warn finalizers')).toBe(blocks);
});
