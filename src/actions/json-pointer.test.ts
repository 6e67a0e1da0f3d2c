import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../kubernetes/api.ts';
import { pointerParts, valueAt } from './json-pointer.ts';

/** The examples of RFC 6901, section 5. */
const document: Json = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

test.each<readonly [string, Json]>([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('RFC 6901: %j', (pointer, value) => {
  expect(valueAt(document, pointer)).toEqual(value);
});

test.each(['/foo/2', '/foo/-', '/foo/00', '/foo/length', '/toString', '/foo/0/0', '/none/none'])(
  '%s names nothing',
  (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  },
);

test('~01 is ~1 and not a slash', () => {
  expect(pointerParts('/~01')).toEqual(['~1']);
});

test('whatever the keys are, a pointer made of them finds what they lead to', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 0, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      fc.integer(),
      (keys, leaf) => {
        const root = keys.reduceRight<Json>((value, key) => Object.fromEntries([[key, value]]), leaf);
        const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        expect(valueAt(root, pointer)).toBe(leaf);
        expect(pointerParts(pointer)).toEqual(keys);
      },
    ),
  );
});
