import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesUntilCollection,
  collectable,
  collectableImages,
  collectionPolicy,
  usedPercent,
  wantedBytes,
  type CollectionPolicy,
} from './collection.ts';
import type { ImageUse, NodeImage, PinLabel } from './node-images.ts';
import { kubeletKeepsSandbox, kubeletRemovesByAge, pinSupport } from './pin-support.ts';

/** Of kubernetes v1.34.4, pkg/kubelet/images/image_gc_manager.go, GarbageCollect, in its own whole numbers. */
function kubeletWants(size: bigint, available: bigint, high: bigint, low: bigint): bigint {
  const usage = 100n - (available * 100n) / size;
  return usage >= high ? (size * (100n - low)) / 100n - available : 0n;
}

const policyOf = (high: number, low: number): CollectionPolicy =>
  collectionPolicy({ imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low, evictionHard: {} })!;

const disk = fc
  .integer({ min: 1, max: 2 ** 42 })
  .chain((size) => fc.record({ size: fc.constant(size), available: fc.integer({ min: 0, max: size }) }));
const thresholds = fc
  .integer({ min: 1, max: 99 })
  .chain((high) => fc.record({ high: fc.constant(high), low: fc.integer({ min: 0, max: high }) }));

test('the bytes that kubelet wants are those of its own reckoning', () => {
  fc.assert(
    fc.property(disk, thresholds, (room, { high, low }) => {
      const theirs = kubeletWants(BigInt(room.size), BigInt(room.available), BigInt(high), BigInt(low));
      const wanted = theirs > 0n ? Number(theirs) : 0;
      expect(Math.abs(wantedBytes(room, policyOf(high, low)) - wanted)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a collection begins after so many bytes and one, and not before', () => {
  fc.assert(
    fc.property(disk, fc.integer({ min: 2, max: 99 }), (room, high) => {
      const policy = policyOf(high, high - 1);
      const left = bytesUntilCollection(room, policy);
      const after = (bytes: number) => usedPercent({ ...room, available: room.available - bytes });
      if (left > 1) expect(after(Math.floor(left) - 1)).toBeLessThan(high);
      if (Math.ceil(left) + 1 <= room.available) expect(after(Math.ceil(left) + 1)).toBeGreaterThanOrEqual(high);
    }),
  );
});

test('eviction may come first, and a threshold of 100 is none', () => {
  const room = { size: 1000, available: 500 };

  expect(bytesUntilCollection(room, collectionPolicy({ evictionHard: { 'imagefs.available': '30%' } })!)).toBe(200);
  expect(bytesUntilCollection(room, policyOf(100, 80))).toBe(500);
  expect(wantedBytes({ size: 1000, available: 0 }, policyOf(100, 80))).toBe(0);
});

test('what is not set has the defaults, nought among them; kubelet does not start with what is not a duration', () => {
  expect(collectionPolicy({})).toMatchObject({ high: 85, low: 80, minimumAge: 120, maximumAge: 0 });
  expect(collectionPolicy({ imageMinimumGCAge: '0s', imageMaximumGCAge: '1h30m' })).toMatchObject({
    minimumAge: 120,
    maximumAge: 5400,
  });
  expect(collectionPolicy({ imageMinimumGCAge: 'soon' })).toBeUndefined();
});

const right: PinLabel = { name: 'a:1', label: 'io.cri-containerd.pinned', value: 'pinned' };
const image = (use: ImageUse, pins: readonly PinLabel[] = []): NodeImage => ({
  id: undefined,
  names: [{ name: 'a:1', digest: undefined, content: 'whole' }],
  bytes: 1,
  pins,
  marks: [],
  use,
});

describe('whether a collection may take an image', () => {
  test.each([
    ['running', [], 'honoured', 'running'],
    // kubelet under pressure removes ended containers before images (eviction/helpers.go, buildSignalToNodeReclaimFuncs).
    ['ended', [], 'honoured', 'perhaps'],
    // kubelet does not count what holds pods together (k/k#81756).
    ['sandbox', [], 'honoured', 'may'],
    ['none-running', [], 'honoured', 'may'],
    ['none-running', [right], 'honoured', 'pinned'],
    ['none-running', [right], 'ignored', 'may'],
    ['none-running', [right], 'unknown', 'perhaps'],
    ['none-running', [{ ...right, value: 'yes' }], 'honoured', 'may'],
    ['none-running', [{ ...right, label: 'io.cri.containerd.pinned' }], 'honoured', 'may'],
    ['perhaps', [], 'ignored', 'perhaps'],
  ] as const)('%s %j, pins %s: %s', (use, pins, support, expected) => {
    expect(collectable(image(use, pins), { pins: support, kubeletsSandbox: undefined })).toBe(expected);
  });

  test('the set is of all that nothing is known to keep', () => {
    const images = [image('running'), image('perhaps'), image('sandbox'), image('none-running', [right])];
    const store = { runtime: 'containerd', platform: undefined, images, odd: 0, downloads: [] } as const;

    expect(collectableImages(store, { pins: 'honoured', kubeletsSandbox: undefined })).toEqual(images.slice(1, 3));
    expect(collectableImages(store, { pins: 'ignored', kubeletsSandbox: undefined })).toEqual(images.slice(1));
  });

  test('what kubelet itself keeps stays', () => {
    expect(collectable(image('none-running'), { pins: 'ignored', kubeletsSandbox: 'a:1' })).toBe('kubelets-sandbox');
    expect(collectable(image('none-running'), { pins: 'ignored', kubeletsSandbox: 'b:1' })).toBe('may');
  });
});

test.each([
  ['1.6.20~ds1', 'v1.34.4', 'ignored'],
  ['1.6.21', 'v1.33.4', 'ignored'],
  ['1.6.24', 'v1.33.4', 'unknown'],
  ['1.6.25', 'v1.33.4', 'honoured'],
  ['1.7.9', 'v1.33.4', 'unknown'],
  ['1.7.10', 'v1.28.0', 'ignored'],
  ['1.7.10', 'v1.28.1', 'honoured'],
  ['1.7.24', 'v1.24.17', 'ignored'],
  ['2.4.2', 'v1.34.4', 'honoured'],
  ['2.0.0', undefined, 'unknown'],
  [undefined, 'v1.34.4', 'unknown'],
])('a pin with containerd %s and kubelet %s is %s', (runtime, kubelet, expected) => {
  expect(pinSupport(runtime, kubelet)).toBe(expected);
});

test('kubelet removes images by their age from 1.29 on', () => {
  expect(['v1.23.17', 'v1.28.15', 'v1.29.0', undefined].map(kubeletRemovesByAge)).toEqual([false, false, true, true]);
});

test('kubelet keeps its own sandbox image until 1.28', () => {
  expect(['v1.23.17', 'v1.28.15', 'v1.29.0', undefined].map(kubeletKeepsSandbox)).toEqual([true, true, false, false]);
});
