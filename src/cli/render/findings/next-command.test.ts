import { describe, expect, test } from 'vitest';
import { knownRemedies } from '../../../app/inputs/known-remedies.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { Trouble } from '../../../problems/kit/rules.ts';
import type { Finding, Problem } from '../../../problems/problem.ts';
import { problems } from '../../../problems/testing/all-problems.ts';
import { fixturesOf } from '../../../problems/testing/problem-fixtures.ts';
import { isTrouble } from './group.ts';
import { nextCommand, type NextCommandOptions } from './next-command.ts';

const options: NextCommandOptions = { repeat: [], repeatAccess: [], bundle: false, problems };

function sample(id: string, rule: string, status: 'fail' | 'warn'): Trouble {
  const text = { key: '', params: {} };
  const base = { problem: id, rule, subject: { kind: 'cluster' }, fingerprint: rule, text, evidence: [] } as const;
  return { ...base, status, severity: 'high', remedy: true };
}

test.each<[string, readonly Trouble[], string]>([
  [
    'a warning alone, which may stay',
    [sample('base-images', 'at-risk-soon', 'warn')],
    'base-images --remedy pin-images',
  ],
  [
    'a failure, and not beside it what may stay',
    [sample('base-images', 'sandbox-image-missing', 'fail'), sample('base-images', 'at-risk-soon', 'warn')],
    'base-images --remedy restore-images',
  ],
  [
    'what is planned without being asked for, and not beside it what may stay',
    [sample('container-logs', 'rule-missing', 'fail'), sample('container-logs', 'kubelet-limits-exceed-disk', 'warn')],
    'container-logs',
  ],
  [
    'each problem by itself',
    [sample('container-logs', 'rule-missing', 'fail'), sample('base-images', 'pin-stale', 'warn')],
    'container-logs base-images --remedy unpin-images',
  ],
])('%s: the remedies that the plan needs', (_name, findings, words) => {
  expect(nextCommand(findings, options)).toBe(`nodemend plan ${words}`);
});

test('what some findings are there with alone is typed again for the plan', () => {
  const findings = [sample('base-images', 'at-risk-soon', 'warn')];
  const diagnosedWith = ['--since', 'before.json', '--to', '1.35'];
  expect(nextCommand(findings, { ...options, diagnosedWith, repeat: ['--via', 'ssh'] })).toBe(
    'nodemend plan base-images --remedy pin-images --since before.json --to 1.35 --via ssh',
  );
});

type Answers = (finding: Trouble) => readonly string[];

/** What becomes of each finding: why it is refused, and `planned`. */
function answersOf(problem: Problem, evidence: Evidence, remedies: ReadonlySet<string>): Answers {
  const findings = problem.diagnose(evidence);
  const { actions, clusterActions = [], refused } = problem.plan({ evidence, findings, remedies });
  const planned = new Set([...actions, ...clusterActions].flatMap(({ cures }) => cures));
  return ({ fingerprint }) => [
    ...refused.filter((one) => one.fingerprint === fingerprint).map(({ key }) => key),
    ...(planned.has(fingerprint) ? ['planned'] : []),
  ];
}

const withRemedies = problems.filter(({ rules }) => Object.values(rules).some(({ remedy }) => remedy !== undefined));

describe.each(withRemedies.map((problem) => ({ id: problem.meta.id, problem })))('$id', ({ id, problem }) => {
  const curable = (findings: readonly Finding[]): readonly Trouble[] =>
    findings.filter(isTrouble).filter(({ remedy }) => remedy);
  const fixtures = fixturesOf(id).map(({ name, evidence }) => {
    const troubles = curable(problem.diagnose(evidence));
    const [unasked, asked] = [new Set<string>(), new Set(problem.meta.remedies)].map((remedies) =>
      answersOf(problem, evidence, remedies),
    ) as [Answers, Answers];
    /** An answer that is none once the remedy was named. */
    const waiting = (finding: Trouble): readonly string[] =>
      unasked(finding).filter((answer) => !asked(finding).includes(answer));
    return { name, evidence, troubles, unasked, waiting };
  });

  test('the next step, typed, plans what there is to plan: nothing that it names waits for a remedy to be named', () => {
    const withTroubles = fixtures.filter(({ troubles }) => troubles.length > 0);
    expect(withTroubles.length).toBeGreaterThan(0);
    for (const { name, evidence, troubles, waiting } of withTroubles) {
      const words = nextCommand(troubles, options)?.split(' ') ?? [];
      const remedy = words.filter((_, at) => words[at - 1] === '--remedy');
      const answers = answersOf(problem, evidence, knownRemedies({ remedy }, [problem], 'plan'));
      const waits = (finding: Trouble): boolean =>
        waiting(finding).length > 0 && answers(finding).some((answer) => waiting(finding).includes(answer));

      expect(words.slice(0, 3), name).toEqual(['nodemend', 'plan', id]);
      expect(troubles.filter(({ status }) => status === 'fail').filter(waits), name).toEqual([]);
      expect(troubles.every(waits), name).toBe(false);
    }
  });

  test('a rule says which remedy has to be named, and no other has to be', () => {
    for (const { name, troubles, unasked, waiting } of fixtures)
      for (const finding of troubles) {
        const { onRequest } = problem.rules[finding.rule] ?? {};
        if (onRequest === undefined) expect(waiting(finding), `${name} ${finding.rule}`).toEqual([]);
        else {
          expect(unasked(finding), `${name} ${finding.rule}`).not.toContain('planned');
          expect(problem.meta.remedies, finding.rule).toContain(onRequest);
        }
      }
  });
});
