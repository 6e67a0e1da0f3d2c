import { expect, test } from 'vitest';
import { diagnose, type Diagnosis } from '../../../engine/diagnose.ts';
import { fixturesOf } from '../../testing/problem-fixtures.ts';
import { containerLogs } from '../problem.ts';

const fixtures = new Map(fixturesOf(containerLogs.meta.id).map(({ name, evidence }) => [name, evidence]));

/** A recorded node with what was recorded of a unit whose last run of logrotate failed. */
function withFailedRun(name: string, result = 'exit-code'): Diagnosis {
  const evidence = fixtures.get(name);
  const failed = fixtures.get('warn-logrotate-fails')?.nodes[0]?.sections ?? {};
  if (evidence === undefined) throw new Error(`no fixture ${name}`);
  const ofUnit = Object.fromEntries(
    ['container-logs/scheduler', 'systemd/units'].flatMap((key) => {
      const section = failed[key];
      return section === undefined ? [] : [[key, JSON.parse(JSON.stringify(section)) as typeof section]];
    }),
  );
  for (const section of Object.values(ofUnit))
    if (section.state === 'seen' && section.value.encoding === 'utf8')
      Object.assign(section.value, { output: section.value.output.replaceAll('Result=exit-code', `Result=${result}`) });
  const nodes = evidence.nodes.map((node) => ({ ...node, sections: { ...node.sections, ...ofUnit } }));
  return diagnose({ ...evidence, nodes }, [containerLogs]);
}

const rules = ({ findings, muted }: Diagnosis): readonly string[] => [
  ...findings.map(({ rule }) => rule),
  ...muted.map(({ rule }) => `${rule} muted`),
];

test('a run that failed is told under what makes every run fail, and on its own once that is mended', () => {
  const { findings, muted } = withFailedRun('warn-rule-duplicate');

  expect(findings.map(({ rule }) => rule)).toEqual(['rule-duplicate']);
  expect(muted).toMatchObject([{ rule: 'logrotate-fails', causedBy: findings[0]?.fingerprint }]);
  expect(rules(withFailedRun('fail-rule-broken'))).toEqual(['rule-broken', 'logrotate-fails muted']);
  expect(rules(withFailedRun('pass-rule-ok'))).toEqual(['logrotate-fails', 'rule-ok']);
});

test('what ends no run explains no failed one, and a run that was ended otherwise is told', () => {
  expect(rules(withFailedRun('warn-rule-too-rare'))).toEqual(['logrotate-fails', 'rule-too-rare']);
  expect(rules(withFailedRun('warn-rule-duplicate', 'timeout'))).toEqual(['logrotate-fails', 'rule-duplicate']);
});
