import { describe, expect, test } from 'vitest';
import type { Finding } from '../../problems/problem.ts';
import {
  idle,
  missing,
  notLookedAt,
  pass,
  skipped,
  unobserved,
  uniform,
  textsOf,
  type SampleReport,
} from '../testing/sample-report.ts';
import { mergeParams } from '../texts/merge-params.ts';
import { changesSince, type StandingFindings } from './changes.ts';

const { t } = textsOf('en');
const wordsOf = ({ problem, text }: Finding): string =>
  t(`problems.${problem}.${text.key}`, mergeParams([text.params]));

/** A look at three nodes that found this. */
function look(findings: readonly Finding[], muted: readonly Finding[] = []): SampleReport {
  return { ...uniform(3, pass), diagnosis: { findings, muted } };
}

/** What each look after the first tells: `gone missing worker-1`, `changed skipped worker-1 fail`. */
function told(...looks: readonly SampleReport[]): readonly (readonly string[])[] {
  let standing: StandingFindings = new Map();
  return looks
    .map((report) => {
      const compared = changesSince(standing, report, wordsOf);
      ({ standing } = compared);
      return compared.changes.map((change) => {
        const { rule, subject } = change.finding;
        const was = change.kind === 'changed' ? [`${change.was.status} to ${change.finding.status}`] : [];
        return [change.kind, rule, 'name' in subject ? subject.name : subject.kind, ...was].join(' ');
      });
    })
    .slice(1);
}

/** Of the whole cluster, in another rule than those of nodes. */
const unread: Finding = {
  ...unobserved('', 'timed-out'),
  rule: 'unread',
  fingerprint: 'ffffffffffff',
  subject: { kind: 'cluster' },
};
const lost = (name: string): Finding => ({
  ...unobserved(name, 'timed-out'),
  rule: 'lost',
  fingerprint: `00000000000${name.slice(-1)}`,
});

describe('what a look changed', () => {
  test.each<[string, readonly SampleReport[], readonly (readonly string[])[]]>([
    ['nothing', [look([missing('worker-1', 1)]), look([missing('worker-1', 1)])], [[]]],
    ['numbers behind the words', [look([missing('worker-1', 1)]), look([missing('worker-1', 2)])], [[]]],
    ['a new one', [look([pass('worker-1')]), look([missing('worker-1', 1)])], [['appeared missing worker-1']]],
    ['one that passes now', [look([missing('worker-1', 1)]), look([pass('worker-1')])], [['gone missing worker-1']]],
    ['one that is not there any more', [look([idle('worker-1')]), look([])], [['gone idle worker-1']]],
    [
      'other words',
      [look([skipped('worker-1', 'app', 1)]), look([skipped('worker-1', 'web', 1)])],
      [['changed skipped worker-1 fail to fail']],
    ],
    [
      'another severity',
      [look([idle('worker-1')]), look([{ ...idle('worker-1'), severity: 'high' } as Finding])],
      [['changed idle worker-1 warn to warn']],
    ],
    [
      'another reason why nobody knows',
      [look([unobserved('worker-1', 'timed-out')]), look([unobserved('worker-1', 'needs-root')])],
      [['changed missing worker-1 unknown to unknown']],
    ],
    ['a node that passes appears', [look([]), look([pass('worker-1')])], [[]]],
    [
      'a node that nobody looked at appears',
      [look([]), look([notLookedAt('worker-1')])],
      [['appeared missing worker-1']],
    ],
  ])('%s', (_what, looks, changes) => {
    expect(told(...looks)).toEqual(changes);
  });

  test('worst first, and what ended last', () => {
    const before = look([idle('worker-2')]);
    expect(told(before, look([missing('worker-1', 1), lost('worker-3')]))).toEqual([
      ['appeared missing worker-1', 'appeared lost worker-3', 'gone idle worker-2'],
    ]);
  });
});

describe('what cannot be seen is never gone', () => {
  const found = look([idle('worker-1'), idle('worker-2')]);

  test('a node that is silent: unknown is told, the finding stands, and is not told again when the node answers', () => {
    const silent = look([lost('worker-1'), idle('worker-2')]);
    expect(told(found, silent, silent, found)).toEqual([['appeared lost worker-1'], [], ['gone lost worker-1']]);
  });

  test('what was mended meanwhile is gone once it was seen', () => {
    const silent = look([lost('worker-1'), idle('worker-2')]);
    expect(told(found, silent, look([idle('worker-2')]))).toEqual([
      ['appeared lost worker-1'],
      ['gone lost worker-1', 'gone idle worker-1'],
    ]);
  });

  test('of another node it hides nothing, of the cluster everything of the problem', () => {
    expect(told(found, look([lost('worker-1')]))).toEqual([['appeared lost worker-1', 'gone idle worker-2']]);
    expect(told(found, look([unread]))).toEqual([['appeared unread cluster']]);
    expect(told(found, look([{ ...unread, problem: 'sample-other' }]))[0]).toContain('gone idle worker-1');
  });

  test('what nobody looked at hides as well', () => {
    const unasked = { ...notLookedAt('worker-1'), rule: 'unasked', fingerprint: 'eeeeeeeeeeee' };
    expect(told(look([idle('worker-1')]), look([unasked]))).toEqual([['appeared unasked worker-1']]);
  });

  test('what was unknown already when it was found hides nothing, as long as it is the same', () => {
    const beside = look([idle('worker-1'), lost('worker-1')]);
    expect(told(beside, look([lost('worker-1')]))).toEqual([['gone idle worker-1']]);
    const more = { ...lost('worker-1'), evidence: ['worker-1#sample-logs/rules', 'worker-1#sample-logs/more'] };
    expect(told(beside, look([more]))).toEqual([[]]);
  });

  test('a finding that is unknown itself is changed, and passes later', () => {
    const [fail, unknown] = [look([missing('worker-1', 1)]), look([unobserved('worker-1', 'timed-out')])];
    expect(told(fail, unknown, look([pass('worker-1')]))).toEqual([
      ['changed missing worker-1 fail to unknown'],
      ['gone missing worker-1'],
    ]);
  });

  test('a node that is not looked at any more has left: nobody says that it is well', () => {
    expect(told(found, { ...look([]), evidence: uniform(1, pass).evidence })).toEqual([
      ['gone idle worker-1', 'left idle worker-2'],
    ]);
  });
});

test('a symptom is told when it has lost its cause, and not when it gets one', () => {
  const symptom = { ...idle('worker-1'), causedBy: 'abcdefabcdef' } as Finding;
  const [alone, folded] = [look([idle('worker-1')]), look([missing('worker-1', 1)], [symptom])];
  expect(told(alone, folded, alone)).toEqual([
    ['appeared missing worker-1'],
    ['changed idle worker-1 warn to warn', 'gone missing worker-1'],
  ]);
});
