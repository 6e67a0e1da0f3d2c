import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasUnknownDirective, mergePatch, strategicPatch } from './patches.ts';

/** The examples of RFC 7396, appendix A. */
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('merge patch: %j with %j is %j', (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test('patching twice is patching once, and the target is left as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const before = structuredClone(target);
      for (const apply of [mergePatch, strategicPatch]) {
        const once = apply(target, patch);
        expect(apply(once, patch)).toEqual(once);
        expect(target).toEqual(before);
      }
    }),
  );
});

test('a strategic patch merges known lists by their key and replaces the others', () => {
  const target = {
    spec: {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
      taints: [{ key: 'x' }],
    },
  };
  const patch = {
    spec: {
      containers: [
        { name: 'b', image: '2' },
        { name: 'a', $patch: 'delete' },
      ],
      taints: [{ key: 'y' }],
    },
  };
  expect(strategicPatch(target, patch)).toEqual({
    spec: { containers: [{ name: 'b', image: '2' }], taints: [{ key: 'y' }] },
  });
});

test('directives that are not understood are found wherever they are', () => {
  expect(hasUnknownDirective({ spec: { containers: [{ name: 'a', $patch: 'delete' }] } })).toBe(false);
  expect(hasUnknownDirective({ spec: { $patch: 'replace' } })).toBe(true);
  expect(hasUnknownDirective({ spec: [{ '$setElementOrder/containers': [] }] })).toBe(true);
});
