import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateInterval, sumOfRates, type Stretch } from './rate-interval.ts';

const stretch = fc.record({
  amount: fc.double({ min: 0, max: 1e9, noNaN: true }),
  seconds: fc.double({ min: 1, max: 1e6, noNaN: true }),
});

test('both rates are inside, and nothing is negative', () => {
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 12 }), (stretches) => {
      const { rate, recent, low, high } = rateInterval(stretches);
      expect(low).toBeGreaterThanOrEqual(0);
      for (const one of [rate, recent]) {
        expect(one).toBeGreaterThanOrEqual(low);
        expect(one).toBeLessThanOrEqual(high);
      }
    }),
  );
});

test('one stretch tells the order of magnitude, many even ones tell it well, and uneven ones less so', () => {
  const stretches = (...amounts: readonly number[]): readonly Stretch[] =>
    amounts.map((amount) => ({ amount, seconds: 10 }));

  expect(rateInterval(stretches(60))).toEqual({ rate: 6, recent: 6, low: 2, high: 18 });
  expect(rateInterval(stretches(60, 60, 60, 60))).toEqual({ rate: 6, recent: 6, low: 6, high: 6 });
  const uneven = rateInterval(stretches(10, 110, 20, 100));
  expect([uneven.rate, uneven.recent]).toEqual([6, 10]);
  expect(uneven.high / uneven.low).toBeGreaterThan(3);
});

test('the rate of now is that of the last tenth of the time', () => {
  const even = Array.from({ length: 20 }, () => ({ amount: 10, seconds: 10 }));
  expect(rateInterval([...even.slice(2), { amount: 50, seconds: 10 }, { amount: 50, seconds: 10 }]).recent).toBe(5);
});

test('several together are surer than the sum of what each may be', () => {
  const one = rateInterval([{ amount: 60, seconds: 10 }]);
  const four = sumOfRates([one, one, one, one]);
  expect([four.rate, four.high]).toEqual([24, 24 + 2 * 12]);
  expect(sumOfRates([one]).low).toBe(one.low);
});
