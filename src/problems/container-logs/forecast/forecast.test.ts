import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grownAfter, secondsUntil, type Grower } from './forecast.ts';

const open = Number.POSITIVE_INFINITY;

describe('seconds until so many bytes are taken', () => {
  test.each<[string, number, readonly Grower[], number]>([
    ['one without a bound', 1000, [{ rate: 10, bound: open }], 100],
    [
      'two of them',
      1000,
      [
        { rate: 10, bound: open },
        { rate: 30, bound: open },
      ],
      25,
    ],
    ['nothing is left to take', 0, [{ rate: 10, bound: open }], 0],
    ['nothing was left before', -5, [], 0],
    ['nothing grows', 1, [{ rate: 0, bound: open }], open],
    ['a bound is met first', 1000, [{ rate: 10, bound: 999 }], open],
    ['the bound is just enough', 1000, [{ rate: 10, bound: 1000 }], 100],
    [
      'one stops on the way, the other goes on',
      1000,
      [
        { rate: 90, bound: 90 },
        { rate: 10, bound: open },
      ],
      91,
    ],
    [
      'all stop just before',
      1000,
      [
        { rate: 90, bound: 500 },
        { rate: 10, bound: 499 },
      ],
      open,
    ],
    [
      'one is at its bound already',
      100,
      [
        { rate: 90, bound: 0 },
        { rate: 1, bound: open },
      ],
      100,
    ],
  ])('%s', (_name, bytes, growers, expected) => {
    expect(secondsUntil(bytes, growers)).toBeCloseTo(expected, 6);
  });
});

/** A byte in a quarter of an hour, to a GB a second. */
const rates = fc.oneof(
  fc.nat(1e9),
  fc.nat(1e6).map((rate) => rate / 1000),
);
const bytesOf = fc.integer({ min: 1, max: 1e13 });
const growers = fc.array(fc.record({ rate: rates, bound: fc.oneof(fc.constant(open), fc.constant(0), bytesOf) }), {
  maxLength: 20,
});
const sizes = bytesOf;

test('when the time has come the bytes are taken, and not long before', () => {
  fc.assert(
    fc.property(sizes, growers, (bytes, all) => {
      const seconds = secondsUntil(bytes, all);
      if (Number.isFinite(seconds)) {
        expect(grownAfter(all, seconds)).toBeGreaterThanOrEqual(bytes * (1 - 1e-6));
        expect(grownAfter(all, seconds * (1 - 1e-4))).toBeLessThanOrEqual(bytes * (1 + 1e-6));
      } else {
        expect(grownAfter(all, 1e30)).toBeLessThanOrEqual(bytes * (1 + 1e-6));
      }
    }),
  );
});

test('more to take is never sooner, and one more that grows is never later', () => {
  fc.assert(
    fc.property(sizes, sizes, growers, rates, (bytes, more, all, rate) => {
      const seconds = secondsUntil(bytes, all);
      expect(secondsUntil(bytes + more, all)).toBeGreaterThanOrEqual(seconds * (1 - 1e-9));
      expect(secondsUntil(bytes, [...all, { rate, bound: open }])).toBeLessThanOrEqual(
        seconds === open ? open : seconds * (1 + 1e-9),
      );
    }),
  );
});

test('a bound that is given never brings the day nearer', () => {
  fc.assert(
    fc.property(sizes, growers, (bytes, all) => {
      const unbounded = all.map(({ rate }) => ({ rate, bound: open }));
      expect(secondsUntil(bytes, all)).toBeGreaterThanOrEqual(secondsUntil(bytes, unbounded) * (1 - 1e-9));
    }),
  );
});

test('in other units the day is the same', () => {
  fc.assert(
    fc.property(sizes, growers, fc.constantFrom(512, 1024, 1e6), (bytes, all, unit) => {
      const scaled = all.map(({ rate, bound }) => ({ rate: rate * unit, bound: bound * unit }));
      const [seconds, again] = [secondsUntil(bytes, all), secondsUntil(bytes * unit, scaled)];
      if (seconds === open || again === open) return;
      expect(again / seconds).toBeCloseTo(1, 6);
    }),
  );
});
