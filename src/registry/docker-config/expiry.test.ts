import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expiryOf } from './expiry.ts';
import { Password } from './password.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (payload: unknown): Password =>
  new Password(`${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}.c2ln`);

test('a token says when it ends', () => {
  expect(expiryOf(token({ exp: 1_764_115_200, iss: 'x' }))).toEqual({ state: 'known', at: '2025-11-26T00:00:00.000Z' });
});

test.each<[string, Password]>([
  ['a password', new Password('hunter2')],
  ['a token of Docker Hub', new Password('dckr_pat_abc.def.ghi')],
  ['a token without an end', token({ iss: 'x' })],
  ['an end that is not a number', token({ exp: '1764115200' })],
  ['an end beyond all time', token({ exp: 1e300 })],
  ['a payload that is not an object', token(null)],
  ['an encrypted token (five parts)', new Password(`${part({})}.a.b.c.d`)],
  ['nothing', new Password('')],
])('%s does not', (_, password) => {
  expect(expiryOf(password)).toEqual({ state: 'unknown' });
});

test('whatever the password, it never throws', () => {
  const dotted = fc
    .array(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('.'));
  fc.assert(
    fc.property(
      fc.oneof(
        dotted,
        fc.jsonValue().map((value) => token({ exp: value }).reveal()),
      ),
      (text) => ['known', 'unknown'].includes(expiryOf(new Password(text)).state),
    ),
  );
});
