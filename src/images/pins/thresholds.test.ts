import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesUntilCollection, collectionPolicy, type Room } from '../collection.ts';
import { laterThresholds } from './thresholds.ts';

const gib = 1024 ** 3;
const room: Room = { size: 100 * gib, available: 20 * gib };

test('as late as the first eviction, where that is later than the threshold', () => {
  const policy = collectionPolicy({ evictionHard: { 'imagefs.available': '5%', 'nodefs.available': '5%' } })!;

  expect(laterThresholds(room, policy)).toEqual({ high: 96, low: 91 });
});

test('with kubelet’s own defaults there is nothing to gain: it evicts at the same point', () => {
  expect(laterThresholds(room, collectionPolicy({})!)).toBeUndefined();
  expect(laterThresholds(room, collectionPolicy({ imageGCHighThresholdPercent: 100 })!)).toBeUndefined();
});

test('a low threshold is raised to kubelet’s eviction and no further', () => {
  const policy = collectionPolicy({ imageGCHighThresholdPercent: 70, imageGCLowThresholdPercent: 60 })!;

  expect(laterThresholds(room, policy)).toEqual({ high: 86, low: 81 });
});

test('whatever the settings, images stay at least as long, and until the eviction', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 100 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 100 }),
      (high, evicts, free) => {
        const evictionHard = { 'imagefs.available': `${evicts}%` };
        const at: Room = { size: 100 * gib, available: free * gib };
        const settings = { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: high - 5, evictionHard };
        const policy = collectionPolicy(settings)!;
        const later = laterThresholds(at, policy);
        if (later === undefined) return;
        const after = collectionPolicy({
          ...settings,
          imageGCHighThresholdPercent: later.high,
          imageGCLowThresholdPercent: later.low,
        })!;
        expect(bytesUntilCollection(at, after)).toBeGreaterThanOrEqual(bytesUntilCollection(at, policy));
        expect(bytesUntilCollection(at, after)).toBeLessThanOrEqual(Math.max(0, at.available - evicts * gib));
        expect(bytesUntilCollection(at, after)).toBeGreaterThanOrEqual(Math.max(0, at.available - (evicts + 1) * gib));
      },
    ),
  );
});
