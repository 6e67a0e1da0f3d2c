import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byCloseness, editDistance, nearestName } from './did-you-mean.ts';

const commands = [
  'doctor',
  'diagnose',
  'explain',
  'plan',
  'apply',
  'undo',
  'resume',
  'history',
  'verify',
  'bundle',
  'lab',
  'version',
];

test.each([
  ['daignose', 'diagnose'],
  ['diagnos', 'diagnose'],
  ['aply', 'apply'],
  ['appyl', 'apply'],
  ['DOCTOR', 'doctor'],
  ['udno', 'undo'],
  ['lba', 'lab'],
])('%s means %s', (typed, meant) => {
  expect(nearestName(typed, commands)).toBe(meant);
});

test.each(['deploy', 'x', 'reboot', 'restart', ''])('%j means none of them', (typed) => {
  expect(nearestName(typed, commands)).toBeUndefined();
});

test('hyphens, underscores and case make no difference', () => {
  expect(nearestName('known-hosts', ['hostKeys', 'knownHosts'])).toBe('knownHosts');
  expect(nearestName('max_unavailable', ['maxUnavailable'])).toBe('maxUnavailable');
});

test('nothing is near when nothing is known', () => {
  expect(nearestName('a', [])).toBeUndefined();
});

test('orders by distance, equals as they came', () => {
  expect(byCloseness('plan', ['apply', 'lab', 'plan', 'plane'])).toEqual(['plan', 'plane', 'lab', 'apply']);
});

test('a swap of neighbours counts once', () => {
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('ca', 'abc')).toBe(3);
});

test('is a distance: zero only for equals, the same both ways, at most the longer length', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);

      expect(distance === 0).toBe(a === b);
      expect(editDistance(b, a)).toBe(distance);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});
