import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isInvalid, parseReference, type ImageReference } from '../reference/image-reference.ts';
import { lookUpEntries, normalizeKey } from './keyring.ts';

const parsed = (text: string): ImageReference => {
  const reference = parseReference(text);
  if (isInvalid(reference)) throw new Error(`${text}: ${reference.error}`);
  return reference;
};
const found = (keys: readonly string[], image: string): readonly string[] =>
  lookUpEntries(
    keys.map((key) => ({ key })),
    parsed(image),
  ).map(({ key }) => key);

describe('keys that open Docker Hub for kubelet, and keys that do not', () => {
  it.each([
    'https://index.docker.io/v1/',
    'https://index.docker.io/v2/',
    'http://index.docker.io/v1/',
    'index.docker.io/v1/',
    'index.docker.io',
    'https://index.docker.io',
    'https://index.docker.io/',
    'docker.io',
    'https://docker.io',
    'docker.io/',
    'docker.io/v1/',
    'docker.io/library',
    'docker.io/library/nginx',
    'docker.*',
    '*.io',
  ])('%s does', (key) => {
    expect(found([key], 'nginx')).toEqual([key]);
    expect(found([key], 'docker.io/library/nginx:1.27')).toEqual([key]);
    expect(found([key], 'index.docker.io/library/nginx')).toEqual([key]);
    expect(found([key], 'ghcr.io/library/nginx')).toEqual(key === '*.io' ? ['*.io'] : []);
  });

  it.each([
    'registry-1.docker.io',
    'https://registry-1.docker.io/v2/',
    'hub.docker.com',
    'https://hub.docker.com/',
    'registry.hub.docker.com',
    'www.docker.io',
    '*.docker.io',
    'docker.com',
    'auth.docker.io',
    '',
    // Without the last slash, /v1 is a path that no image has.
    'https://index.docker.io/v1',
    'docker.io/v1',
    'docker.io/other',
    'docker.io:443',
    'DOCKER.IO',
    'Https://index.docker.io/v1/',
    ' docker.io',
  ])('%j does not', (key) => {
    expect(found([key], 'nginx')).toEqual([]);
  });
});

describe('hosts, ports, paths', () => {
  it.each<[string, string, boolean]>([
    ['registry.example', 'registry.example/a', true],
    ['registry.example:5000', 'registry.example:5000/a', true],
    ['registry.example', 'registry.example:5000/a', false],
    ['registry.example:443', 'registry.example/a', false],
    ['registry.example:*', 'registry.example:5000/a', false],
    ['https://registry.example:5000/v2/', 'registry.example:5000/a', true],
    ['registry.example/team', 'registry.example/team/a', true],
    ['registry.example/team/', 'registry.example/team/a', true],
    ['registry.example/team', 'registry.example/teams/a', true],
    ['registry.example/team/', 'registry.example/teams/a', false],
    ['registry.example/v2/team', 'registry.example/team/a', true],
    ['*.registry.example', 'a.registry.example/x', true],
    ['*.registry.example', 'a.b.registry.example/x', false],
    ['*.*.registry.example', 'a.b.registry.example/x', true],
    ['prefix*.io', 'prefixed.io/x', true],
    ['*-kr*.example', 'a-kr1.example/x', true],
    ['*-kr*.example', 'a-us1.example/x', false],
    ['reg[0-9].example', 'reg7.example/x', false],
    ['[::1]', '[::1]/x', false],
    ['*e*g*.example', 'reg7.example/x', true],
    ['*7*7*.example', 'reg7.example/x', false],
    ['reg[^0-9].example', 'reg7.example/x', false],
    ['reg[.example', 'reg7.example/x', false],
    ['*.dkr.ecr.*.amazonaws.com', '123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/x', true],
    ['[::1]:5000', '[::1]:5000/x', true],
    ['[::1]', '[::1]:5000/x', false],
    ['user@registry.example', 'registry.example/x', true],
    ['registry.example?x=1', 'registry.example/x', true],
    ['registry .example', 'registry.example/x', false],
    ['registry.example:port', 'registry.example/x', false],
    ['registry.example/te%61m', 'registry.example/team/x', true],
    ['registry.example/%zz', 'registry.example/team/x', false],
    // A host without a dot counts as Docker Hub, as in isDefaultRegistryMatch.
    ['https://index.docker.io/v1/', 'localhost/x', true],
    ['localhost', 'localhost/x', true],
  ])('%s, image %s: %s', (key, image, isMatch) => {
    expect(found([key], image)).toEqual(isMatch ? [key] : []);
  });
});

test("the most specific comes first, Docker Hub's own key only when nothing else matches", () => {
  expect(
    found(
      ['registry.example', 'registry.example/team/a', 'registry.example/team', 'other.example'],
      'registry.example/team/a/b',
    ),
  ).toEqual(['registry.example/team/a', 'registry.example/team', 'registry.example']);
  expect(found(['docker.io', 'https://index.docker.io/v1/'], 'nginx')).toEqual(['docker.io']);
  expect(found(['index.docker.io', 'https://index.docker.io/v1/'], 'nginx')).toEqual([
    'index.docker.io',
    'https://index.docker.io/v1/',
  ]);
});

test.each([
  ['https://index.docker.io/v1/', 'index.docker.io'],
  ['https://index.docker.io/v1', 'index.docker.io/v1'],
  ['https://ghcr.io', 'ghcr.io'],
  ['registry.example:5000/v2/team/', 'registry.example:5000/team/'],
  ['a b', undefined],
])('%s is indexed as %s', (key, normalized) => {
  expect(normalizeKey(key)).toBe(normalized);
});

test('a host opens each of its repositories and none of another host, a scheme changes nothing', () => {
  const host = fc.tuple(fc.domain(), fc.constantFrom('', ':5000', ':443')).map((parts) => parts.join(''));
  const repository = fc.stringMatching(/^[a-z0-9]{1,6}(\/[a-z0-9]{1,6}){0,3}$/u);
  fc.assert(
    fc.property(
      host,
      host,
      repository,
      fc.constantFrom('', 'https://', 'http://'),
      fc.constantFrom('', '/', '/v1/', '/v2/'),
      (registry, other, path, scheme, version) => {
        const entries = [{ key: `${scheme}${registry}${version}` }];
        expect(lookUpEntries(entries, { registry, repository: path })).toEqual(entries);
        if (other !== registry) expect(lookUpEntries(entries, { registry: other, repository: path })).toEqual([]);
      },
    ),
  );
});

test('whatever is written as a key, it never throws', () => {
  const anyKey = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(
        'https://',
        '*',
        '[',
        ']',
        '^',
        '-',
        '.',
        ':',
        '/',
        '%',
        '%61',
        '@',
        '?',
        '#',
        'docker.io',
        'v1',
        'a',
        '\u0000',
      ),
      maxLength: 12,
    }),
  );
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 4 }), (keys) => found(keys, 'nginx').every((key) => keys.includes(key))),
  );
});

test('a pattern made to be slow is not', () => {
  const key = `${'*a'.repeat(5_000)}b.example`;
  const started = performance.now();
  expect(lookUpEntries([{ key }], { registry: `${'a'.repeat(200)}.example`, repository: 'x' })).toEqual([]);
  expect(performance.now() - started).toBeLessThan(1_000);
});
