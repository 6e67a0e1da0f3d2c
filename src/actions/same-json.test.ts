import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../kubernetes/api.ts';
import { holdsJson, sameJson } from './same-json.ts';

test.each<readonly [Json | undefined, Json, boolean]>([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ list: [{ name: 'x', filled: 'in' }] }, { list: [{ name: 'x' }] }, true],
  [{ list: [{ name: 'x' }, { name: 'y' }] }, { list: [{ name: 'x' }] }, false],
  [{ list: [] }, { list: [{ name: 'x' }] }, false],
  [{ list: { 0: 'a' } }, { list: ['a'] }, false],
  [['a'], { 0: 'a' }, false],
  [{ a: null }, { a: null }, true],
  [{}, { a: null }, false],
  [undefined, {}, false],
  ['1', 1, false],
])('%j holds %j: %s', (whole, part, holds) => {
  expect(holdsJson(whole, part)).toBe(holds);
});

test('everything holds itself, whatever the order of its keys, and what has one more key', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = value as Json;
      const turned = JSON.parse(JSON.stringify(json), (_key, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).toReversed())
          : inner,
      ) as Json;
      const plain = JSON.parse(JSON.stringify(json)) as Json;
      expect(sameJson(plain, turned)).toBe(true);
      expect(holdsJson(plain, turned)).toBe(true);
      if (isObject(plain)) expect(holdsJson({ ...plain, '\u0000more': 1 }, plain)).toBe(true);
    }),
  );
});

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
