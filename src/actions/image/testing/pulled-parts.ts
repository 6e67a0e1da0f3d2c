import { expect } from 'vitest';
import { digestOf, type MadeImage } from '../../../../test/chroot/image-archive.ts';
import type { ContentPart } from '../../../images/sources/manifest.ts';

/** What an image is made of, as its manifest says. */
export function partsOf({ blobs: [layer, config], below }: MadeImage): readonly ContentPart[] {
  const all = [config, ...(below ? [below] : []), layer];
  return all.map((blob) => ({ digest: digestOf(blob), bytes: blob.length }));
}

/** A pull of some seconds that found the layer below told all the rest: it grew, it was seen on its way, and all of it came. */
export function expectTold(told: readonly (readonly number[])[], { blobs: [layer, config] }: MadeImage): void {
  const of = layer.length + config.length;
  const bytes = told.map(([there = 0]) => there);
  expect(told.map(([, total]) => total)).toEqual(told.map(() => of));
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  const [first = of] = bytes;
  expect(first).toBeLessThan(of / 2);
  // Each second, where the node comes to it.
  expect(bytes.some((there) => there > 100_000 && there < layer.length)).toBe(true);
  expect(bytes.at(-1)).toBe(of);
}
