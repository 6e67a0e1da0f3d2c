import { expect, test } from 'vitest';
import { bytesOnDisk } from './headroom.ts';

test('an image takes its transfer and three times that, unpacked', () => {
  expect(bytesOnDisk(300)).toBe(1200);
  expect(bytesOnDisk(0)).toBe(0);
});
