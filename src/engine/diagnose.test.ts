import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidenceSchema, type Evidence } from '../evidence/evidence.ts';
import { fingerprint } from '../problems/kit/fingerprint.ts';
import type { Cause, Rules } from '../problems/kit/rules.ts';
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

const problem = (id: string, findings: readonly Finding[], rules: Rules = {}): Problem => ({
  meta: {
    id,
    severity: 'high',
    category: 'disk',
    platforms: ['any'],
    needsRoot: true,
    writes: [],
    remedyRisk: 'low',
    guideSection: '',
    faults: [],
  },
  rules,
  facts: [],
  texts: { en: {}, ko: {} },
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

  test('does not ask a problem that was not probed for', () => {
    expect(diagnose(evidence('a'), [problem('b', [fail('b', 'n1')])]).findings).toEqual([]);
  });
});

describe('a symptom whose cause is a finding', () => {
  const byCause: Rules = { broken: { fail: 'high', explainedBy: [{ condition: 'disk-full' }] } };
  const states: Rules = { broken: { fail: 'high', warn: 'high', condition: 'disk-full' } };
  const named = ({ problem: of, rule, subject }: Finding): string =>
    `${of} ${rule} ${'name' in subject ? subject.name : ''}`;
  const told = (...problems: readonly Problem[]): { readonly findings: string[]; readonly muted: string[] } => {
    const { findings, muted } = diagnose(evidence('cause', 'symptom', 'a'), problems);
    return { findings: findings.map(named), muted: muted.map(named) };
  };
  const symptoms = problem('symptom', [fail('symptom', 'n1'), fail('symptom', 'n2')], byCause);

  test('is muted on that subject alone, and names what explains it', () => {
    const cause = fail('cause', 'n1');
    const { findings, muted } = diagnose(evidence('cause', 'symptom'), [symptoms, problem('cause', [cause], states)]);

    expect(findings.map(named)).toEqual(['cause broken n1', 'symptom broken n2']);
    expect(muted).toEqual([{ ...fail('symptom', 'n1'), causedBy: cause.fingerprint }]);
    expect(findings.some((finding) => 'causedBy' in finding)).toBe(false);
  });

  test.each<[string, readonly Finding[]]>([
    ['is mended', [{ ...base('cause', 'broken', 'n1'), status: 'pass' }]],
    ['cannot be seen', [{ ...base('cause', 'broken', 'n1'), status: 'unknown', reason: 'timed-out' }]],
    ['is another rule', [{ ...fail('cause', 'n1'), rule: 'other' }]],
    ['is less grave', [fail('cause', 'n1', 'medium')]],
    ['is only a warning', [{ ...fail('cause', 'n1', 'critical'), status: 'warn' } as Finding]],
    ['was not asked for', []],
  ])('comes back when the cause %s', (_, findings) => {
    expect(told(symptoms, problem('cause', findings, states)).muted).toEqual([]);
  });

  test('is told where the cause has another kind, as the rule says', () => {
    const when: Cause['when'] = (_, { facts }) => facts?.['holdsImages'] === true;
    const rules: Rules = { broken: { fail: 'high', explainedBy: [{ condition: 'disk-full', when }] } };
    const symptom = problem('symptom', [fail('symptom', 'n1')], rules);
    const cause = (holdsImages: boolean): Problem =>
      problem('cause', [{ ...fail('cause', 'n1'), facts: { holdsImages } } as Finding], states);

    expect(told(symptom, cause(false)).muted).toEqual([]);
    expect(told(symptom, cause(true)).muted).toEqual(['symptom broken n1']);
  });

  test('is muted where findings about others name all its images together, and told as long as one is named by none', () => {
    const rules: Rules = { broken: { fail: 'high', explainedBy: [{ images: 'disk-full' }] } };
    const withFacts = (of: string, name: string, facts: object, severity: Severity = 'high'): Finding =>
      ({ ...fail(of, name, severity), facts }) as Finding;
    const symptom = problem('symptom', [withFacts('symptom', 'registry', { images: ['a', 'b'] })], rules);
    const naming = (image: string, severity?: Severity): Finding =>
      withFacts('cause', `of-${image}`, { references: [{ image }] }, severity);
    const muted = (...causes: readonly Finding[]): readonly string[] =>
      told(symptom, problem('cause', causes, states)).muted;

    expect(muted(naming('a'), naming('b'))).toEqual(['symptom broken registry']);
    expect(muted(naming('a'))).toEqual([]);
    expect(muted(naming('a'), naming('b', 'medium'))).toEqual([]);
    expect(
      told(problem('symptom', [withFacts('symptom', 'r', {})], rules), problem('cause', [naming('a')], states)).muted,
    ).toEqual([]);
  });

  test('of a chain only the first is told; of a circle one stays', () => {
    const because = (rule: string): Rules[string] => ({ fail: 'high', explainedBy: [{ rule }] });
    const of = (rule: string): Finding => ({ ...fail('a', 'n1'), ...base('a', rule, 'n1') });
    const chain = problem('a', [of('x'), of('y'), of('z')], { y: because('x'), z: because('y') });
    const circle = problem('a', [of('x'), of('y'), of('z')], { x: because('z'), y: because('x'), z: because('y') });

    expect(told(chain)).toEqual({ findings: ['a x n1'], muted: ['a y n1', 'a z n1'] });
    expect(told(circle).findings).toEqual(['a x n1']);
  });

  test('counts as its cause does, and its problem was looked at anyway', () => {
    const unasked: Finding = { ...notLookedAt('n1'), problem: 'symptom' };
    const muting = (cause: Finding): Problem[] => [
      problem('symptom', [{ ...fail('symptom', 'n1', 'low'), status: 'warn' } as Finding, unasked], {
        broken: { warn: 'low', explainedBy: [{ condition: 'disk-full' }] },
      }),
      problem('cause', [cause], states),
    ];
    const exit = (cause: Finding): number => readingExit(diagnose(evidence('cause', 'symptom'), muting(cause)), 'high');

    expect(exit(fail('cause', 'n1'))).toBe(3);
    expect(exit({ ...fail('cause', 'n1'), status: 'warn' } as Finding)).toBe(4);
  });
});

const ids = ['x', 'y', 'z'] as const;
const gravity = fc.constantFrom<Severity>('critical', 'high', 'medium', 'low');
const told = fc.record({
  rule: fc.constantFrom(...ids),
  node: fc.constantFrom('n1', 'n2'),
  severity: gravity,
  status: fc.constantFrom('fail', 'warn', 'unknown', 'not-looked-at', 'pass'),
});
const causes = fc.record({ x: fc.subarray([...ids]), y: fc.subarray([...ids]), z: fc.subarray([...ids]) });

test('whatever explains whatever: no exit code changes, nothing is lost, and each symptom leads to what is told', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 8 }), causes, gravity, (all, explaining, threshold) => {
      const rules = Object.fromEntries(
        ids.map((id) => [id, { fail: 'high', explainedBy: explaining[id].map((rule) => ({ rule })) } as const]),
      );
      const findings = [...new Map(all.map((one) => [`${one.rule} ${one.node}`, one])).values()].map(
        ({ rule, node, status, severity }): Finding => ({
          ...base('a', rule, node),
          status,
          severity,
          remedy: false,
          reason: 'timed-out',
          enable: '-',
        }),
      );
      const muting = diagnose(evidence('a'), [problem('a', findings, rules)]);
      const plain = diagnose(evidence('a'), [problem('a', findings)]);
      const shown = new Set(muting.findings.map(({ fingerprint }) => fingerprint));
      const above = new Map(muting.muted.map((one) => [one.fingerprint, 'causedBy' in one ? one.causedBy : undefined]));
      const first = (of: string | undefined): string | undefined =>
        of !== undefined && above.has(of) ? first(above.get(of)) : of;

      expect(readingExit(muting, threshold)).toBe(readingExit(plain, threshold));
      expect(muting.findings.length + muting.muted.length).toBe(plain.findings.length);
      expect(muting.muted.every(({ fingerprint: one }) => shown.has(first(one) ?? ''))).toBe(true);
      expect(muting.muted.every(({ status }) => status === 'fail' || status === 'warn')).toBe(true);
    }),
  );
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
    [
      'a problem of the cluster alone is nobody’s question where there is no API server to ask',
      [pass('n'), { ...notLookedAt('n'), problem: 'b', enable: '--kubeconfig' }],
      0,
    ],
    ['unless nothing else was asked', [{ ...notLookedAt('n'), enable: '--kubeconfig' }], 5],
    ['no finding at all is not clean', [], 5],
  ] as const)('%s', (_name, findings, exit) => {
    expect(readingExit({ findings, muted: [] }, 'low')).toBe(exit);
  });

  test('a fail below the threshold is a warning', () => {
    expect(readingExit({ findings: [fail('a', 'n', 'medium')], muted: [] }, 'high')).toBe(4);
    expect(readingExit({ findings: [fail('a', 'n', 'high')], muted: [] }, 'high')).toBe(3);
  });
});
