import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces, jsonText } from './json-text.ts';

const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(undefined, [], {}, [[]], [undefined], { lines: 'a\nb', hidden: '\u202e\u0007' }),
);

test('an object in pieces is the same text as in one', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (document) => {
      expect([...jsonPieces(document)].join('')).toBe(jsonText(document));
    }),
  );
});

test('an item of a list is made when its turn comes, and pieces are of some size', () => {
  let made = 0;
  const items = function* (): Generator<{ readonly name: string }> {
    for (; made < 10_000; made++) yield { name: `worker-${made}` };
  };
  const lengths: number[] = [];
  for (const piece of jsonPieces({ items: items() })) {
    if (lengths.push(piece.length) === 1) expect(made).toBeLessThan(5000);
  }
  expect(made).toBe(10_000);
  expect(Math.max(...lengths)).toBeLessThan(70_000);
  expect(lengths.length).toBeLessThan(10);
});
