import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from './api.ts';
import { readListPage } from './list-page.ts';
import { readRecording } from './testing/recording.ts';

/** Small groups, so that small lists have several. */
function read(text: string, groupBytes = 0) {
  const items: JsonObject[] = [];
  const page = readListPage(Buffer.from(text), (item) => items.push(item), groupBytes);
  return page && { ...page, items };
}

/** What the page says, by plain parsing. */
function expected(text: string) {
  const { items, metadata } = JSON.parse(text) as {
    readonly items: readonly JsonObject[] | null;
    readonly metadata: { readonly continue?: string; readonly resourceVersion?: string };
  };
  return { items: items ?? [], token: metadata.continue || undefined, resourceVersion: metadata.resourceVersion ?? '' };
}

test('pages of a recorded kube-apiserver', async () => {
  const { exchanges } = await readRecording('nodes-paged');
  for (const { response } of exchanges) {
    const text = `${JSON.stringify(response.json)}\n`;
    for (const groupBytes of [0, 1000, 100_000]) expect(read(text, groupBytes)).toEqual(expected(text));
  }
});

describe('any list', () => {
  // Texts and objects that look like the end of an item.
  const text = fc.oneof(fc.string(), fc.constantFrom('},{"metadata":{', '"items":[', ']}', '},{', '\\', '"'));
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.oneof(
      fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      fc.record({ metadata: tie('value'), spec: tie('value') }),
      fc.constant({ metadata: {} }),
    ),
  })).value;
  const item = fc.oneof(
    fc.record({ metadata: fc.dictionary(text, value, { maxKeys: 2 }), spec: value }),
    fc.record({ apiVersion: text, metadata: fc.constant({}) }),
  );
  const list = fc.record({
    kind: fc.constant('PodList'),
    metadata: fc.record({ resourceVersion: text, continue: text }, { requiredKeys: [] }),
    items: fc.oneof(fc.array(item, { maxLength: 6 }), fc.constant(null)),
  });

  test('is read as plain parsing reads it, compact or not', () => {
    fc.assert(
      fc.property(
        list,
        fc.boolean(),
        fc.constantFrom('', '\n', '  \n'),
        fc.nat({ max: 200 }),
        (page, pretty, end, groupBytes) => {
          const json = JSON.stringify(page, undefined, pretty ? 1 : undefined) + end;
          expect(read(json, groupBytes)).toEqual(expected(json));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('cut anywhere is a SyntaxError, never a shorter list', () => {
    fc.assert(
      fc.property(
        list,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.nat({ max: 200 }),
        (page, part, groupBytes) => {
          const json = JSON.stringify(page);
          expect(() => read(json.slice(0, Math.floor(json.length * part)), groupBytes)).toThrow(SyntaxError);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('claims of a stateful set, which look like items, are not', () => {
  const claims = {
    metadata: {},
    spec: {
      volumeClaimTemplates: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }, { metadata: { name: 'c' } }],
    },
  };
  const many = { metadata: {}, spec: Array.from({ length: 200 }, () => ({ metadata: {} })) };
  for (const items of [
    [claims, claims],
    [many, many],
    [{ metadata: {} }, many],
  ]) {
    const text = JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1' }, items });
    expect(read(text)).toEqual(expected(text));
  }
});

test('what is not a list is none', () => {
  for (const text of [
    '{"kind":"Node","metadata":{}}',
    '{"items":[]}',
    '{"items":"x","metadata":{}}',
    '{"items":[],"metadata":{},"items":[{}]}',
  ])
    expect(read(text)).toBe(undefined);
});
