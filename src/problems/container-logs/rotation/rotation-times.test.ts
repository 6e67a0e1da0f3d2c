import { expect, test } from 'vitest';
import { builtInSettings, type Criterion } from '../../../logrotate/settings.ts';
import { repeatsName } from './repeated-name.ts';
import { rotationInstants, runTimes, type RunTimes } from './rotation-times.ts';

const timer = { period: 1, starts: [0] };
const cron = { period: 1, starts: [385] };
const anacron = { period: 1, starts: [] };

test.each<[string, Parameters<typeof runTimes>[0], RunTimes]>([
  ['one', [cron], { days: 1, starts: [385] }],
  ['a timer and cron at another hour', [timer, cron], { days: 1, starts: [0, 385] }],
  ['two at one time', [cron, cron], { days: 1, starts: [385] }],
  ['an hour of which nothing is known', [timer, anacron], { days: 1, starts: [0, 720] }],
  ['anacron alone', [anacron], { days: 1, starts: [] }],
  ['a weekly one beside a daily one', [cron, { period: 7, starts: [10] }], { days: 1, starts: [385] }],
  ['hourly beside daily', [cron, { period: 0.5, starts: [17, 737] }], { days: 0.5, starts: [17, 385, 737] }],
  ['none', [], { days: Infinity, starts: [] }],
])('runs of logrotate, taken together: %s', (_name, runs, times) => {
  expect(runTimes(runs)).toEqual(times);
});

const settings = (criterion: Criterion, maxSize = 0): typeof builtInSettings => ({
  ...builtInSettings,
  criterion,
  maxSize,
  dateExt: true,
});

test.each<[Criterion, number, boolean]>([
  ['daily', 0, false],
  ['daily', 1, true],
  ['hourly', 0, false],
  ['size', 0, true],
  ['weekly', 1, true],
  ['weekly', 0, false],
])('two runs a day: a rule that is %s with maxsize %d has its name taken: %s', (criterion, maxSize, isTaken) => {
  expect(repeatsName(settings(criterion, maxSize), runTimes([timer, cron]))).toBe(isTaken);
  expect(repeatsName(settings(criterion, maxSize), runTimes([cron]))).toBe(false);
});

test('two runs in two hours have two names, twenty minutes apart or not', () => {
  const withHours = { ...settings('size'), dateFormat: '-%Y%m%d%H' };

  expect(repeatsName(withHours, { days: 1, starts: [410, 430] })).toBe(false);
  expect(repeatsName(withHours, { days: 1, starts: [420, 440] })).toBe(true);
});

test('an hourly rule rotates once an hour, however often logrotate runs', () => {
  const starts = [0, 10, 20, 60, 70, 130];
  const [first, second, third] = rotationInstants(settings('hourly'), { days: 0.8, starts });

  expect([first, second, third].map((instant) => instant?.toISOString().slice(11, 16))).toEqual([
    '00:00',
    '01:00',
    '02:10',
  ]);
  expect(repeatsName(settings('hourly'), { days: 1 / 288, starts: [] })).toBe(false);
});
