import { describe, expect, test } from 'vitest';
import { testProblem } from '../../../test/chroot/test-problem.ts';
import { remedyInputs, type InputsOf } from '../../problems/inputs.ts';
import type { Bootstrap, Problem } from '../../problems/problem.ts';
import { bootstrapParts } from './bootstrap-parts.ts';

const script = 'some_trouble_bootstrap() {\n  :\n}\n';
const problem = (id: string, bootstrap?: Bootstrap): Problem => ({
  ...testProblem,
  meta: { ...testProblem.meta, id },
  ...(bootstrap && { bootstrap }),
});
const first = problem('some-trouble', { script, content: 'own content\n' });
const other = problem('other-trouble');

test('without a problem named, those of the catalogue that can be prevented', () => {
  expect(bootstrapParts([], [first, other]).map(({ problem: id }) => id)).toEqual(['some-trouble']);
  expect(bootstrapParts([first], [first, other])).toEqual([
    { problem: 'some-trouble', bootstrap: { script, content: 'own content\n' } },
  ]);
});

test('a problem that cannot be prevented is refused by name, with those that can', () => {
  expect(() => bootstrapParts([first, other], [first, other])).toThrow(
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
      atBootstrap: true,
      read: ({ level }) => Number(level),
    }),
  };
  const made: Problem<InputsOf<typeof inputs>> = {
    ...problem('made-trouble'),
    inputs,
    bootstrap: { script, content: ({ soften }) => (soften === undefined ? undefined : `level ${soften}\n`) },
  };
  const given = { inputs: new Map([['made-trouble', { soften: 7 }]]) };

  test('has none without them, and is named together with them', () => {
    expect(bootstrapParts([], [first, made]).map(({ problem: id }) => id)).toEqual(['some-trouble']);
    const needs = (typed: string, needed: string): Error =>
      expect.objectContaining({
        code: 'USAGE',
        params: { context: 'needs', command: 'user-script', typed, other: needed },
      }) as Error;
    expect(() => bootstrapParts([made], [first, made])).toThrow(needs('made-trouble', '--level'));
    expect(() => bootstrapParts([first], [first, made], given)).toThrow(needs('--level', 'made-trouble'));
  });

  test('brings what they say', () => {
    expect(bootstrapParts([], [first, made], given).map(({ bootstrap }) => bootstrap.content)).toEqual([
      'own content\n',
      'level 7\n',
    ]);
  });
});
