import { expect, test } from 'vitest';
import { planOf } from '../../../app/testing/sample-plan.ts';
import type { Finding } from '../../../problems/problem.ts';
import { contextOf } from '../fixtures/sample-context.ts';
import { planView } from './plan-view.ts';

function finding(rule: string, remedy: boolean): Finding {
  return {
    problem: 'sample-logs',
    rule,
    subject: { kind: 'node', name: 'worker-1' },
    fingerprint: rule,
    text: { key: `findings.${rule}`, params: {} },
    evidence: ['worker-1#sample/file'],
    status: 'fail',
    severity: 'high',
    remedy,
  };
}

test('a plan that changes nothing does not hide the trouble that no plan mends', () => {
  const shown = (findings: readonly Finding[]): string =>
    planView(planOf([]), { nks: false, unseen: [], findings }, contextOf('en', 200));

  expect(shown([])).toMatch(/Nothing to change\.\n$/u);
  expect(shown([finding('rule-missing', true)])).toMatch(/Nothing to change\.\n$/u);
  expect(shown([finding('pods-refused', false), finding('rule-missing', true)])).toContain(
    'Nothing to change.\n1 finding has no change that a plan could make: pods-refused.',
  );
});
