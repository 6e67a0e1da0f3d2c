import { expect, test } from 'vitest';
import { imageTimestamp } from './timestamp.ts';

test('is SOURCE_DATE_EPOCH, else 1970', () => {
  expect(imageTimestamp({ SOURCE_DATE_EPOCH: '1700000000' })).toBe(1_700_000_000);
  expect(imageTimestamp({ SOURCE_DATE_EPOCH: '' })).toBe(0);
  expect(imageTimestamp({})).toBe(0);
});

test.each(['yesterday', '-1', '1.5', '1e9', '17000000000'])('is never %s', (epoch) => {
  expect(() => imageTimestamp({ SOURCE_DATE_EPOCH: epoch })).toThrow(`SOURCE_DATE_EPOCH is ${epoch}`);
});
