import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiPath, parseApiPath } from './api-path.ts';
import { clockSkewMs } from './clock-skew.ts';
import { oneLine } from '../network/one-line.ts';
import { peekContinue } from './peek-continue.ts';
import { backoffMs } from './retry.ts';
import { readLines } from './watch-lines.ts';

describe('API paths', () => {
  test.each([
    [{ group: '', version: 'v1', resource: 'nodes' }, '/api/v1/nodes'],
    [{ group: '', version: 'v1', resource: 'namespaces', name: 'web' }, '/api/v1/namespaces/web'],
    [
      { group: '', version: 'v1', resource: 'namespaces', name: 'web', subresource: 'status' },
      '/api/v1/namespaces/web/status',
    ],
    [{ group: '', version: 'v1', namespace: 'web', resource: 'pods' }, '/api/v1/namespaces/web/pods'],
    [
      { group: '', version: 'v1', namespace: 'web', resource: 'pods', name: 'a', subresource: 'eviction' },
      '/api/v1/namespaces/web/pods/a/eviction',
    ],
    [
      { group: 'apps', version: 'v1', namespace: 'web', resource: 'deployments', name: 'a' },
      '/apis/apps/v1/namespaces/web/deployments/a',
    ],
  ])('%j is %s, both ways', (resource, path) => {
    expect(apiPath(resource)).toBe(path);
    expect(parseApiPath(path)).toEqual(resource);
  });

  test('others are none', () => {
    for (const path of ['/version', '/api', '/api/v1', '/apis/apps', '/metrics', ''])
      expect(parseApiPath(path)).toBe(undefined);
  });

  test('no part can leave its place', () => {
    const part = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(part, part, part, (namespace, name, subresource) => {
        const resource = { group: '', version: 'v1', namespace, resource: 'pods', name, subresource };
        const path = apiPath(resource);
        expect(path.split('/').length).toBe(8);
        expect(path).not.toMatch(/[?#\s]/);
        expect(parseApiPath(path)).toEqual(resource);
      }),
    );
  });
});

test('the continue token ahead of parsing is the one that parsing finds, or none', () => {
  const token = fc.stringMatching(/^[\w.=+/-]{1,60}$/);
  const list = fc.record({
    token: fc.option(token, { nil: undefined }),
    items: fc.array(fc.jsonValue(), { maxLength: 5 }),
    pretty: fc.boolean(),
    version: fc.string(),
  });
  fc.assert(
    fc.property(list, ({ token: written, items, pretty, version }) => {
      const page = {
        kind: 'NodeList',
        metadata: { resourceVersion: version, ...(written === undefined ? {} : { continue: written }) },
        items,
      };
      const guess = peekContinue(Buffer.from(JSON.stringify(page, undefined, pretty ? 2 : undefined)));
      expect(guess === undefined || guess === written).toBe(true);
      if (/^\w*$/.test(version)) expect(guess).toBe(written);
    }),
  );
  // Only in front of the items: what an item says is not the list's.
  expect(peekContinue(Buffer.from('{"items":[{"metadata":{"continue":"x"}}],"metadata":{"continue":"y"}}'))).toBe(
    undefined,
  );
  expect(peekContinue(Buffer.alloc(0))).toBe(undefined);
});

test('lines come whole, however the bytes are cut', async () => {
  const text = fc.array(
    fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((line) => line.replaceAll('\n', ''))
      .filter((line) => line !== ''),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat({ max: 200 })), fc.boolean(), async (lines, cuts, ended) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join('') + (ended ? '' : 'rest'));
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted((a, b) => a - b);
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      const seen: string[] = [];
      for await (const line of readLines(Readable.from(chunks.filter((chunk) => chunk.length > 0)))) seen.push(line);
      expect(seen).toEqual(lines);
    }),
    { numRuns: 200 },
  );
});

test('one line: no control or format characters, bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
      const line = oneLine(text);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line.length).toBeLessThanOrEqual(400);
    }),
    { numRuns: 30 },
  );
});

test('clock skew: the server’s second against the middle of the round trip', () => {
  const sent = Date.parse('2026-01-01T00:00:00.000Z');
  expect(clockSkewMs({ date: 'Thu, 01 Jan 2026 00:00:05 GMT' }, sent, sent + 1000)).toBe(5_000);
  expect(clockSkewMs({ date: 'nonsense' }, sent, sent)).toBe(undefined);
  expect(clockSkewMs({}, sent, sent)).toBe(undefined);
});

test('backoff grows to half a minute and no more', () => {
  expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 1000, 15_000]);
  expect(backoffMs(20, 1)).toBe(30_000);
});
