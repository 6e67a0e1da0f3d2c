import { expect, test } from 'vitest';
import { askedSuccessors, successorWords } from './successors.ts';

const named = new Set(['rewrite-references']);

test('without the remedy nothing is written, and nobody is asked', () => {
  expect(askedSuccessors({}, new Set(), 'plan')).toBeUndefined();
});

test.each([
  [{ verifyReferences: true }, '--verify-references'],
  [{ allowUnverified: true }, '--allow-unverified'],
])('%j alone is a mistake', (options, typed) => {
  expect(() => askedSuccessors(options, new Set(['another']), 'apply')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      params: { context: 'needs', command: 'apply', typed, other: '--remedy rewrite-references' },
    }) as Error,
  );
});

test('what is not verified is refused unless that is said, and both may be', () => {
  expect(askedSuccessors({}, named, 'plan')).toEqual({ verify: false, unverified: 'refuse' });
  expect(askedSuccessors({ verifyReferences: true, allowUnverified: true }, named, 'plan')).toEqual({
    verify: true,
    unverified: 'allow',
  });
});

test('the options are typed again in the next command', () => {
  expect(successorWords({ verifyReferences: true, allowUnverified: true })).toEqual([
    '--verify-references',
    '--allow-unverified',
  ]);
  expect(successorWords({})).toEqual([]);
});
