import { expect, test } from 'vitest';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import { defaultRunOptions } from '../../run.ts';
import { longestNodeMs } from './node-duration.ts';

const base = { problem: 'kernel-memory', node: 'a', cures: [], why: { key: 'plan.rule', params: {} } };
const restart: ActionSpec = {
  ...base,
  kind: 'service',
  id: 's',
  unit: 'docker.service',
  operation: 'restart',
  fragment: 'f',
  daemonReload: false,
  verify: [],
  disrupts: 'restart',
};
const reboot: ActionSpec = {
  ...base,
  kind: 'reboot',
  id: 'r',
  disrupts: 'reboot',
  bootId: 'b',
  inForce: [],
  withinSeconds: 900,
};
const options = { ...defaultRunOptions, soakSeconds: 60 };

test('a node takes all that it is waited for at most: its drain, its boot, its workloads, its soak', () => {
  const minutes = (...actions: readonly ActionSpec[]): number => longestNodeMs(actions, options) / 60_000;
  expect(minutes()).toBe(1);
  expect(minutes(restart)).toBe(1 + 1 + 3);
  expect(minutes(reboot)).toBe(1 + 1 + 3 + 15 + 10 + 15);
  expect(longestNodeMs([reboot], { ...options, drain: { ...options.drain, timeoutSeconds: 60 } }) / 60_000).toBe(31);
});
