import { expect, test } from 'vitest';
import { statusExit, type ScheduleStatus } from './schedule-status.ts';

function status(state: ScheduleStatus['state'], isGood?: boolean): ScheduleStatus {
  return {
    name: 'night',
    kind: 'cron',
    every: 'day',
    command: [],
    parts: [],
    state,
    ...(isGood === undefined ? {} : { last: { verdict: 'some', startedAt: '2026-11-26T03:20:00.000Z', isGood } }),
  };
}

test.each<readonly [number, readonly ScheduleStatus[]]>([
  [0, []],
  [0, [status('ready'), status('ready', true), status('running', true)]],
  // What it says of the run before is over.
  [0, [status('running', false)]],
  [3, [status('ready', true), status('ready', false)]],
  [3, [status('gone')]],
  [3, [status('stopped', true)]],
  [3, [status('overdue', true)]],
  [4, [status('edited', true)]],
  [5, [status('unknown'), status('edited')]],
  [3, [status('unknown'), status('gone')]],
])('exit code %d', (code, statuses) => {
  expect(statusExit(statuses)).toBe(code);
});
