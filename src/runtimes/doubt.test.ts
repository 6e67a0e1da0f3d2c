import { expect, test } from 'vitest';
import { doubtIn, doubtfulSection } from './doubt.ts';

test('a section that says nothing but its doubt is unknown, with why', () => {
  expect(doubtfulSection('doubt dockerd not-root\n')).toEqual({
    state: 'unknown',
    reason: 'unproven',
    detail: 'which process is dockerd could not be told (not-root)',
  });
  expect(doubtfulSection('doubt docker-root writable\n')?.detail).toBe(
    "others than root have a say in what docker's folder is (writable)",
  );
});

test('one that has more to say, or whose words are of somebody else’s making, is read as it is', () => {
  expect(doubtfulSection('doubt dockerd not-root\nprocess containerd 7\n')).toBeUndefined();
  expect(doubtfulSection('no doubt dockerd not-root\n')).toBeUndefined();
  expect(doubtfulSection('')).toBeUndefined();
});

test('what a check prints beside it does not hide it', () => {
  expect(doubtIn('want flags 1 2\ndoubt kubelet several\n')).toEqual({ what: 'kubelet', why: 'several' });
});
