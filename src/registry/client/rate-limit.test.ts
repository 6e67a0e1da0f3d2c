import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateLimitOf } from './rate-limit.ts';

test.each([
  [
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600', 'docker-ratelimit-source': '203.0.113.7' },
    { limit: 100, remaining: 76, windowSeconds: 21_600, source: '203.0.113.7' },
  ],
  [
    { 'ratelimit-limit': '100', 'ratelimit-remaining': '99' },
    { limit: 100, remaining: 99 },
  ],
  // goharbor/harbor#13566
  [
    { 'ratelimit-limit': '200;w=21600', 'ratelimit-remaining': '-3;w=21600' },
    { limit: 200, remaining: -3, windowSeconds: 21_600 },
  ],
  [{ 'ratelimit-remaining': '5 ; w = 60' }, { remaining: 5, windowSeconds: 60 }],
  [{ 'ratelimit-limit': ['10;w=60', '20;w=60'] }, { limit: 10, windowSeconds: 60 }],
  [{ 'docker-ratelimit-source': '2001:41d0:801:2000::' }, undefined],
  [{ 'ratelimit-limit': 'unlimited' }, undefined],
  [
    { 'ratelimit-limit': '100;w=21600', 'docker-ratelimit-source': '\u001B[31mred' },
    { limit: 100, windowSeconds: 21_600 },
  ],
  [{}, undefined],
])('%j', (headers, limit) => {
  expect(rateLimitOf(headers)).toEqual(limit);
});

test('numbers come as they were said, and nothing throws', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat({ max: 1e9 }), (count, window) => {
      expect(rateLimitOf({ 'ratelimit-remaining': `${count};w=${window}` })).toEqual({
        remaining: count,
        windowSeconds: window,
      });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => rateLimitOf({ 'ratelimit-limit': text, 'ratelimit-remaining': text }) !== null),
  );
});
