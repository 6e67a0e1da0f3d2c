import { expect, test } from 'vitest';
import { withoutNames } from './ask-accounts.ts';
import type { QuotaAnswer } from './rate-limit.ts';

const counted = (source: string): QuotaAnswer => ({ state: 'counted', rate: { remaining: 5, source } });
const sourceOf = (answer: QuotaAnswer): string | undefined =>
  answer.state === 'counted' ? answer.rate.source : undefined;

test('an account that is called like a user has no name, and is told apart from another', () => {
  const asked = withoutNames([
    { user: 'kim', answer: counted('Kim') },
    { user: 'lee', answer: counted('lee') },
    // By a token: the account is Kim's, whatever the user is called.
    { user: 'token', answer: counted('Kim') },
  ]);

  expect(asked.map(({ account, answer }) => [account, sourceOf(answer)])).toEqual([
    [0, '***'],
    [1, '***'],
    [0, '***'],
  ]);
  expect(JSON.stringify(asked)).not.toMatch(/kim|lee|token/i);
});

test('an id and an address stay', () => {
  const sources = ['6f1c2d3e-0000-4000-8000-000000000001', '2001:41d0:801:2000::', '192.0.2.1'];
  const asked = withoutNames(sources.map((source) => ({ user: 'kim', answer: counted(source) })));

  expect(asked.map(({ answer }) => sourceOf(answer))).toEqual(sources);
  expect(asked.map(({ account }) => account)).toEqual([undefined, undefined, undefined]);
});
