import { describe, expect, test } from 'vitest';
import { evidenceSchema, type Evidence } from '../evidence/evidence.ts';
import { fingerprint } from '../problems/kit/fingerprint.ts';
import type { Finding, Problem, Severity } from '../problems/problem.ts';
import { diagnose, readingExit } from './diagnose.ts';

const base = (problem: string, rule: string, node: string) => {
  const subject = { kind: 'node', name: node } as const;
  return {
    problem,
    rule,
    subject,
    fingerprint: fingerprint(problem, rule, subject),
    text: { key: rule, params: {} },
    evidence: [],
  };
};
const fail = (problem: string, node: string, severity: Severity = 'high'): Finding => ({
  ...base(problem, 'broken', node),
  status: 'fail',
  severity,
  remedy: true,
});
const warn = (node: string): Finding => ({ ...base('a', 'odd', node), status: 'warn', severity: 'low', remedy: false });
const unknown = (node: string): Finding => ({ ...base('a', 'unseen', node), status: 'unknown', reason: 'unreachable' });
const pass = (node: string): Finding => ({ ...base('a', 'fine', node), status: 'pass' });
const notLookedAt = (node: string): Finding => ({
  ...base('a', 'blind', node),
  status: 'not-looked-at',
  enable: '--via ssh',
});

const problem = (id: string, findings: readonly Finding[], dependsOn: readonly string[] = []): Problem => ({
  meta: {
    id,
    severity: 'high',
    category: 'disk',
    platforms: ['any'],
    needsRoot: true,
    writes: [],
    remedyRisk: 'low',
    dependsOn,
    guideSection: '',
    faults: [],
  },
  probe: { script: '', sections: [] },
  texts: { en: {}, ko: {} },
  page: { en: '', ko: '' },
  diagnose: () => findings,
  plan: () => ({ actions: [], refused: [] }),
  checks: {},
  faultScript: '',
});
const evidence = (...problems: string[]): Evidence => ({
  schema: evidenceSchema,
  collectedAt: '2026-11-24T00:00:00Z',
  collector: { version: '0' },
  scope: { via: 'ssh', targets: 'cluster', problems },
  cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
  nodes: [],
});

describe('diagnose', () => {
  test('puts the worst first and keeps that order whatever order the problems speak in', () => {
    const findings = [pass('n4'), unknown('n3'), warn('n2'), fail('a', 'n1', 'low'), fail('a', 'n0', 'critical')];

    const forward = diagnose(evidence('a'), [problem('a', findings)]);
    const backward = diagnose(evidence('a'), [problem('a', findings.toReversed())]);

    expect(forward.findings.map((finding) => finding.status)).toEqual(['fail', 'fail', 'warn', 'unknown', 'pass']);
    expect(backward).toEqual(forward);
  });

  test('mutes a symptom only on the subject whose cause is a finding', () => {
    const cause = problem('cause', [fail('cause', 'n1')]);
    const symptom = problem('symptom', [fail('symptom', 'n1'), fail('symptom', 'n2')], ['cause']);

    const { findings, muted } = diagnose(evidence('cause', 'symptom'), [symptom, cause]);

    expect(muted.map((finding) => finding.subject)).toEqual([{ kind: 'node', name: 'n1' }]);
    expect(
      findings.map((finding) => `${finding.problem} ${'name' in finding.subject ? finding.subject.name : ''}`),
    ).toEqual(['cause n1', 'symptom n2']);
  });

  test('does not ask a problem that was not probed for', () => {
    expect(diagnose(evidence('a'), [problem('b', [fail('b', 'n1')])]).findings).toEqual([]);
  });
});

describe('readingExit', () => {
  test.each([
    ['a fail wins over everything', [fail('a', 'n'), unknown('n'), warn('n'), pass('n')], 3],
    ['an unknown wins over a warning', [unknown('n'), warn('n'), pass('n')], 5],
    ['a warning wins over a pass', [warn('n'), pass('n')], 4],
    ['only passes are clean', [pass('n')], 0],
    ['a check nobody asked for does not spoil a pass', [pass('n'), notLookedAt('n')], 0],
    ['nothing looked at is not clean', [notLookedAt('n')], 5],
    [
      'a problem that was not looked at at all is not clean beside one that was',
      [pass('n'), { ...notLookedAt('n'), problem: 'b' }],
      5,
    ],
    ['no finding at all is not clean', [], 5],
  ] as const)('%s', (_name, findings, exit) => {
    expect(readingExit(findings, 'low')).toBe(exit);
  });

  test('a fail below the threshold is a warning', () => {
    expect(readingExit([fail('a', 'n', 'medium')], 'high')).toBe(4);
    expect(readingExit([fail('a', 'n', 'high')], 'high')).toBe(3);
  });
});
