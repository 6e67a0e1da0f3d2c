import { expect, test } from 'vitest';
import type { HoldingProgram } from './holding-program.ts';
import { pinChoice, type PinMeans } from './pin-choice.ts';

const program: HoldingProgram = { program: '/bin/sleep', libraries: [] };
const modern: PinMeans = {
  runtime: 'containerd',
  pins: 'honoured',
  isOwnSocket: true,
  hasApi: true,
  program: { state: 'seen', value: program },
};

test('containerd’s label where both look at it, also without a cluster and without a program', () => {
  const lost = { state: 'unknown', reason: 'timed-out', detail: '' } as const;
  expect(pinChoice({ ...modern, hasApi: false, program: lost })).toEqual({ way: 'label' });
});

test.each<[string, Partial<PinMeans>]>([
  ['docker', { runtime: 'docker', pins: 'ignored' }],
  ['ignored', { pins: 'ignored' }],
  ['unknown', { pins: 'unknown' }],
  ['other-socket', { isOwnSocket: false }],
])('a pod holds it where a label does not: %s', (notLabel, means) => {
  expect(pinChoice({ ...modern, ...means })).toEqual({ way: 'hold', notLabel, program });
});

test.each<[string, Partial<PinMeans>]>([
  ['no-api', { hasApi: false }],
  ['no-program', { program: { state: 'seen', value: 'none' } }],
  ['program-unseen', { program: { state: 'unknown', reason: 'timed-out', detail: '' } }],
])('where no pod can hold it either, nothing is said to protect it: %s', (notHold, means) => {
  expect(pinChoice({ ...modern, pins: 'ignored', ...means })).toEqual({ way: 'none', notLabel: 'ignored', notHold });
});
