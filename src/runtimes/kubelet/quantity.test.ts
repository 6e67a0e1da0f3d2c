import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMilliQuantity, parseQuantity, quantityText } from './quantity.ts';

describe('quantities', () => {
  test.each([
    ['10Mi', 10_485_760],
    ['50M', 50_000_000],
    ['1e3', 1000],
    ['1E3', 1000],
    ['2E', 2e18],
    ['1.5Gi', 1_610_612_736],
    ['.5k', 500],
    ['100m', 1],
    ['-1', -1],
    ['0', 0],
  ])('%s', (text, bytes) => expect(parseQuantity(text)).toBe(bytes));

  test.each(['', 'Mi', '10 Mi', '10MiB', '10mb', '1e', '0x10', '10Mi\n'])('%j is none', (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );

  test.each([
    ['100m', 100],
    ['1', 1000],
    ['0.069', 69],
    ['1.001', 1001],
    ['1500u', 2],
    ['2k', 2_000_000],
  ])('%s in thousandths', (text, thousandths) => expect(parseMilliQuantity(text)).toBe(thousandths));

  test('every number of thousandths is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (milli) => {
        expect(parseMilliQuantity(`${milli}m`)).toBe(milli);
        expect(parseMilliQuantity((milli / 1000).toFixed(3))).toBe(milli);
      }),
    );
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(parseQuantity(quantityText(bytes))).toBe(bytes);
      }),
    );
  });
});
