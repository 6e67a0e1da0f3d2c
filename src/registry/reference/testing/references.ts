import fc from 'fast-check';

const hex = (length: number, digits = '0123456789abcdef'): fc.Arbitrary<string> =>
  fc
    .array(fc.nat({ max: digits.length - 1 }), { minLength: length, maxLength: length })
    .map((places) => places.map((place) => digits.charAt(place)).join(''));
const joined = (parts: fc.Arbitrary<string>, by: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(by, parts), { minLength: 1, maxLength: most })
    .map((pairs) => pairs.map(([join, part], index) => (index === 0 ? part : join + part)).join(''));

/** Mostly what is right, so that a whole reference often is. */
const mostly = (right: fc.Arbitrary<string>, ...wrong: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

const word = mostly(fc.stringMatching(/^[a-z0-9]{1,6}$/), 'A', 'Ünicode', '', 'a b', 'ß');
const component = joined(word, mostly(fc.constantFrom('.', '_', '__', '-', '--', '---'), '..', '___', '._'), 3);
const path = joined(component, mostly(fc.constant('/'), '//'), 4);
const hosts = [
  'localhost',
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  '127.0.0.1',
  '[::1]',
  '[2001:db8::1]',
];
const label = fc.stringMatching(/^[a-zA-Z0-9]{1,5}$/);
const domain = mostly(
  fc.oneof(joined(label, mostly(fc.constantFrom('.', '-'), '.-', '..'), 3), fc.constantFrom(...hosts)),
  '[fe80::1%eth0]',
  '[::ffff:1.2.3.4]',
  '::1',
  'LOCALHOST',
  'Host',
  'a_b.c',
);
const port = mostly(fc.constantFrom('', '', ':5000', ':443', ':00080', ':123456'), ':', ':port');
const tag = mostly(
  fc.oneof(fc.constantFrom('latest', '1.2.3', '_', 'UPPER', 't'.repeat(128)), fc.stringMatching(/^\w[\w.-]{0,8}$/)),
  '-bad',
  '.bad',
  'a+b',
  'é',
  '',
  't'.repeat(129),
);
const digest = fc.oneof(
  hex(64).map((digits) => `sha256:${digits}`),
  hex(64).map((digits) => `sha256:${digits}`),
  hex(128).map((digits) => `sha512:${digits}`),
  hex(96).map((digits) => `sha384:${digits}`),
  hex(64, '0123456789ABCDEFabcdef').map((digits) => `sha256:${digits}`),
  fc
    .tuple(
      fc.constantFrom('sha256', 'sha512', 'md5', 'SHA256', 'sha256+b64', 'sha256..x', '1sha', 'a_b'),
      fc.constantFrom(31, 32, 63, 64, 65, 128).chain((length) => hex(length)),
    )
    .map(([name, digits]) => `${name}:${digits}`),
  fc.constantFrom('', 'sha256', 'sha256:', 'sha256:xyz'),
);

const shaped = fc
  .record({
    domain: fc.option(
      fc.tuple(domain, port).map((parts) => parts.join('')),
      { nil: undefined },
    ),
    path,
    tag: fc.option(tag, { nil: undefined }),
    digest: fc.option(digest, { nil: undefined }),
  })
  .map(
    (parts) =>
      `${parts.domain === undefined ? '' : `${parts.domain}/`}${parts.path}` +
      `${parts.tag === undefined ? '' : `:${parts.tag}`}${parts.digest === undefined ? '' : `@${parts.digest}`}`,
  );

/** A reference with one character changed, added or taken: what people mistype. */
const mistyped = fc
  .tuple(
    shaped,
    fc.nat(),
    fc.constantFrom('', ' ', '\t', '\n', '\r', ':', '@', '/', '.', '-', '_', 'A', '%', '\u0000', '한', 'İ', '🙂'),
  )
  .map(([text, at, character]) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + character + text.slice(character === '' || at % 2 === 0 ? index + 1 : index);
  });

/**
 * Texts that are image references, nearly are, or are not at all. None holds half a character, which JSON cannot carry.
 */
export const anyReference: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 5, arbitrary: shaped },
    { weight: 3, arbitrary: mistyped },
    { weight: 1, arbitrary: hex(64) },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 250, max: 260 }).map((length) => `registry.example/${'a'.repeat(length)}`),
    },
  )
  .filter((text) => text.isWellFormed());
