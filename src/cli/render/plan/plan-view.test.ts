import { expect, test } from 'vitest';
import { planOf } from '../../../app/testing/sample-plan.ts';
import { planScope } from '../../../app/plans/plan-scope.ts';
import { sampleProblem, oneNode } from '../../../app/testing/sample-report.ts';
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

const { evidence } = oneNode();

test('a plan that changes nothing does not hide the trouble that no plan mends', () => {
  const plan = planOf([]);
  const shown = (findings: readonly Finding[], remedies: readonly string[] = []): string => {
    const asked = [{ meta: { ...sampleProblem.meta, remedies } }];
    const scope = planScope({ evidence, findings, muted: [], plan, asked, remedies: new Set(['named']) });
    return planView(plan, { nks: false, scope }, contextOf('en', 200));
  };

  expect(shown([finding('rule-missing', true)])).toMatch(/Nothing to change\.\n$/u);
  expect(shown([finding('pods-refused', false), finding('rule-missing', true)])).toContain(
    'Nothing to change.\nA plan cannot fix 1 finding: pods-refused.',
  );
  expect(shown([finding('pods-refused', false)], ['named', 'empty-logs'])).toMatch(
    /Optional remedies for sample-logs, to add with --remedy: empty-logs\.\n$/u,
  );
});

test('no finding at all is not an all-clear', () => {
  const plan = { ...planOf([]), problems: ['sample-logs'] };
  const scope = planScope({ evidence, findings: [], muted: [], plan, asked: [sampleProblem], remedies: new Set() });

  expect(planView(plan, { nks: false, scope }, contextOf('en', 200))).toContain(
    'It is unknown whether anything must change.',
  );
});

test('why there is nothing to bring is told: where each image is, and as what', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const there = [
    { name: 'registry.k8s.io/pause:3.6', digest, nodes: ['worker-1', 'worker-2', 'worker-4'] },
    { name: 'registry.k8s.io/pause:3.6', digest: undefined, nodes: ['docker-1'] },
  ];
  const shown = (language: 'en' | 'ko'): string => {
    const plan = planOf([]);
    const scope = planScope({ evidence, findings: [], muted: [], plan, asked: [], remedies: new Set() });
    return planView(plan, { nks: false, scope: { ...scope, there } }, contextOf(language, 200)).replaceAll(
      /\s+/gu,
      ' ',
    );
  };

  expect(shown('en')).toContain(
    `Nothing to change. registry.k8s.io/pause:3.6 is there as ${digest}: worker-[1-2,4]. ` +
      'registry.k8s.io/pause:3.6 is there: docker-1.',
  );
  expect(shown('ko')).toContain(
    `이미 있음: registry.k8s.io/pause:3.6, 다이제스트 ${digest}. 노드: worker-[1-2,4]. ` +
      '이미 있음: registry.k8s.io/pause:3.6. 노드: docker-1.',
  );
});
