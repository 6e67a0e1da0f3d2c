import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inodesKeptFree, linesOf, type EvictionSettings, type FileSystem } from './eviction.ts';

const gib = 1024 ** 3;
const roles = (...names: readonly FileSystem[]): ReadonlySet<FileSystem> => new Set(names);
const said = (names: readonly FileSystem[], settings: EvictionSettings = {}): readonly string[] =>
  linesOf(100 * gib, roles(...names), settings).map(
    ({ what, signal, available }) => `${what} ${signal} ${(available / gib).toFixed(1)}`,
  );

describe('the lines of a disk of 100 GiB', () => {
  test.each<[string, readonly FileSystem[], EvictionSettings, readonly string[]]>([
    [
      'kubelet and images',
      ['nodefs', 'imagefs'],
      {},
      [
        'image-gc imageGCHighThresholdPercent 16.0',
        'eviction imagefs.available 15.0',
        'eviction nodefs.available 10.0',
        'full  0.0',
      ],
    ],
    ['kubelet alone', ['nodefs'], {}, ['eviction nodefs.available 10.0', 'full  0.0']],
    [
      'images alone',
      ['imagefs'],
      {},
      ['image-gc imageGCHighThresholdPercent 16.0', 'eviction imagefs.available 15.0', 'full  0.0'],
    ],
    ['neither', [], {}, ['full  0.0']],
    [
      'one key of evictionHard takes the other defaults away',
      ['nodefs', 'imagefs'],
      { evictionHard: { 'nodefs.available': '5Gi' } },
      ['image-gc imageGCHighThresholdPercent 16.0', 'eviction nodefs.available 5.0', 'full  0.0'],
    ],
    [
      'a soft one comes first',
      ['nodefs'],
      { evictionSoft: { 'nodefs.available': '20%' } },
      ['eviction nodefs.available 20.0', 'eviction nodefs.available 10.0', 'full  0.0'],
    ],
    [
      'no image collection',
      ['imagefs'],
      { imageGCHighThresholdPercent: 100 },
      ['eviction imagefs.available 15.0', 'full  0.0'],
    ],
    [
      'an earlier image collection',
      ['imagefs'],
      { imageGCHighThresholdPercent: 70 },
      ['image-gc imageGCHighThresholdPercent 31.0', 'eviction imagefs.available 15.0', 'full  0.0'],
    ],
    ['turned off', ['nodefs'], { evictionHard: { 'nodefs.available': '0%' } }, ['full  0.0']],
    [
      'memory is not a disk, and what is not a quantity is none',
      ['nodefs'],
      { evictionHard: { 'memory.available': '100Mi', 'nodefs.available': 'lots' } },
      ['full  0.0'],
    ],
  ])('%s', (_name, names, settings, expected) => {
    expect(said(names, settings)).toEqual(expected);
  });
});

test('whatever is set, lines come in the order in which a disk meets them, and the last is the end', () => {
  const quantity = fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`),
    fc.integer({ min: 0, max: 99 }).map((size) => `${size}Gi`),
    fc.string(),
  );
  const thresholds = fc.dictionary(
    fc.constantFrom('nodefs.available', 'imagefs.available', 'memory.available', 'nodefs.inodesFree'),
    quantity,
  );
  fc.assert(
    fc.property(
      thresholds,
      thresholds,
      fc.integer({ min: 0, max: 100 }),
      fc.subarray<FileSystem>(['nodefs', 'imagefs']),
      (evictionHard, evictionSoft, percent, names) => {
        const lines = linesOf(100 * gib, roles(...names), {
          evictionHard,
          evictionSoft,
          imageGCHighThresholdPercent: percent,
        });
        const available = lines.map((line) => line.available);
        expect(available).toEqual(available.toSorted((a, b) => b - a));
        expect(lines.at(-1)?.what).toBe('full');
        expect(available.every((bytes) => Number.isFinite(bytes) && bytes >= 0)).toBe(true);
      },
    ),
  );
});

describe('free inodes that have to stay', () => {
  const both: readonly FileSystem[] = ['nodefs', 'imagefs'];
  test.each<[string, readonly FileSystem[], EvictionSettings, number]>([
    ['the default, of a disk of 1 GiB', both, {}, 3276],
    ['of images alone', ['imagefs'], {}, 3276],
    ['neither', [], {}, 0],
    ['one key of evictionHard takes the defaults away', both, { evictionHard: { 'nodefs.available': '5%' } }, 0],
    [
      'unless they are merged',
      both,
      { evictionHard: { 'nodefs.inodesFree': '1%' }, mergeDefaultEvictionSettings: true },
      3276,
    ],
    ['a soft one', ['nodefs'], { evictionSoft: { 'nodefs.inodesFree': '10%', 'imagefs.inodesFree': '50%' } }, 6553],
    ['a number', ['imagefs'], { evictionHard: { 'imagefs.inodesFree': '4k' } }, 4000],
    [
      'all is no threshold, nor is nothing',
      both,
      { evictionHard: { 'nodefs.inodesFree': '100%', 'imagefs.inodesFree': '0%' } },
      0,
    ],
  ])('%s', (_name, names, settings, kept) => {
    expect(inodesKeptFree(65_536, roles(...names), settings)).toBe(kept);
  });

  test('a file system that has no number of them lacks none', () => {
    expect(inodesKeptFree(0, roles(...both), {})).toBe(0);
  });
});
