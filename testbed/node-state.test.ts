import { expect, test } from 'vitest';
import type { NodeEvent, NodeHappening } from './daemon/node-events.ts';
import { nodeState } from './node-state.ts';

const events = (...happenings: readonly NodeHappening[]): readonly NodeEvent[] =>
  happenings.map((happening, index) => ({ node: 'docker-1', at: `T${index}`, ...happening }));
const booted: NodeHappening = { event: 'booted', bootId: 'b' };

test.each<readonly [readonly NodeHappening[], string]>([
  [[], 'never started'],
  [[booted], 'running since T0'],
  [[booted, { event: 'ended', how: 'reboot' }], 'off since T1 (last stop: reboot)'],
  [[booted, { event: 'ended', how: 'poweroff' }, booted], 'running since T2 (last stop: poweroff)'],
  [[booted, { event: 'boot delay', delay: 20 }], 'running since T0, starts 20 s late'],
  [
    [booted, { event: 'boot delay', delay: 'never' }, { event: 'ended', how: 'power cut' }],
    'off since T2 (last stop: power cut), starts never',
  ],
  [[booted, { event: 'boot delay', delay: 'never' }, { event: 'boot delay', delay: 0 }], 'running since T0'],
  [
    [booted, { event: 'stand-in', reason: 'asked for' }],
    'running since T0; NO KUBELET, the testbed writes its Node object: asked for',
  ],
  [
    [booted, { event: 'ended', how: 'reboot' }, { event: 'not booted', reason: 'no grub.cfg' }],
    'does not boot: no grub.cfg',
  ],
])('%j', (happenings, words) => {
  expect(nodeState(events(...happenings))).toBe(words);
});
