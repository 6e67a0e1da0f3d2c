import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCNumber, readSize } from './c-number.ts';

test.each([
  ['10', 10, ''],
  ['010', 8, ''],
  ['0x1F', 31, ''],
  ['08', 0, '8'],
  ['0x', 0, 'x'],
  ['-3', -3, ''],
  ['  7 x', 7, ' x'],
  ['abc', 0, 'abc'],
  ['', 0, ''],
])('%j is %d and %j', (text, value, rest) => {
  expect(readCNumber(text)).toEqual({ value, rest });
});

test.each([
  ['100M', 104_857_600],
  ['100k', 102_400],
  ['100K', 102_400],
  ['1G', 1_073_741_824],
  ['512', 512],
  ['010k', 8192],
  ['100m', { bad: 'unit' }],
  ['100MB', { bad: 'unit' }],
  ['10 M', { bad: 'number' }],
  ['-1M', { bad: 'number' }],
  ['many', { bad: 'unit' }],
])('size %s', (text, size) => {
  expect(readSize(text)).toEqual(size);
});

test('any whole number is read back with any unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (number) => {
      expect(readCNumber(String(number))).toEqual({ value: number, rest: '' });
      expect(readCNumber(`0x${number.toString(16)}`)).toEqual({ value: number, rest: '' });
      expect(readCNumber(`0${number.toString(8)}`)).toEqual({ value: number, rest: '' });
      expect(readSize(`${number}M`)).toBe(number * 1024 ** 2);
    }),
  );
});
