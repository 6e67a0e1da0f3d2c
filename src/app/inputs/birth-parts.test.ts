import { describe, expect, test } from 'vitest';
import { testProblem } from '../../../test/chroot/test-problem.ts';
import { remedyInputs, type InputsOf } from '../../problems/inputs.ts';
import type { Birth, Problem } from '../../problems/problem.ts';
import { birthParts } from './birth-parts.ts';

const script = 'some_trouble_birth() {\n  :\n}\n';
const problem = (id: string, birth?: Birth): Problem => ({
  ...testProblem,
  meta: { ...testProblem.meta, id },
  ...(birth && { birth }),
});
const first = problem('some-trouble', { script, content: 'own content\n' });
const other = problem('other-trouble');

test('without a problem named, those of the catalogue that can be prevented', () => {
  expect(birthParts([], [first, other]).map(({ problem: id }) => id)).toEqual(['some-trouble']);
  expect(birthParts([first], [first, other])).toEqual([
    { problem: 'some-trouble', birth: { script, content: 'own content\n' } },
  ]);
});

test('a problem that cannot be prevented is refused by name, with those that can', () => {
  expect(() => birthParts([first, other], [first, other])).toThrow(
    expect.objectContaining({
      code: 'NOTHING_AT_BIRTH',
      params: { problem: 'other-trouble', choices: 'some-trouble' },
    }),
  );
});

describe('a problem whose part is made from inputs', () => {
  const inputs = {
    soften: remedyInputs({
      options: { level: { kind: 'value', required: true }, gently: { kind: 'flag' } },
      atBirth: true,
      read: ({ level }) => Number(level),
    }),
  };
  const made: Problem<InputsOf<typeof inputs>> = {
    ...problem('made-trouble'),
    inputs,
    birth: { script, content: ({ soften }) => (soften === undefined ? undefined : `level ${soften}\n`) },
  };
  const given = { inputs: new Map([['made-trouble', { soften: 7 }]]) };

  test('has none without them, and is named together with them', () => {
    expect(birthParts([], [first, made]).map(({ problem: id }) => id)).toEqual(['some-trouble']);
    const needs = (typed: string, needed: string): Error =>
      expect.objectContaining({
        code: 'USAGE',
        params: { context: 'needs', command: 'user-script', typed, other: needed },
      }) as Error;
    expect(() => birthParts([made], [first, made])).toThrow(needs('made-trouble', '--level'));
    expect(() => birthParts([first], [first, made], given)).toThrow(needs('--level', 'made-trouble'));
  });

  test('brings what they say', () => {
    expect(birthParts([], [first, made], given).map(({ birth }) => birth.content)).toEqual([
      'own content\n',
      'level 7\n',
    ]);
  });
});
