import { expect, test } from 'vitest';
import { readDrainFlags } from './drain-options.ts';

test('flags are those of kubectl drain, with a bound in place of for ever', () => {
  expect(readDrainFlags({})).toEqual({});
  expect(readDrainFlags({ 'grace-period': -1 })).toEqual({ gracePeriodSeconds: undefined });
  expect(
    readDrainFlags({
      'ignore-daemonsets': false,
      'delete-emptydir-data': true,
      force: true,
      'grace-period': 0,
      'drain-timeout': 60,
    }),
  ).toEqual({
    ignoreDaemonSets: false,
    deleteEmptyDirData: true,
    force: true,
    gracePeriodSeconds: 0,
    timeoutSeconds: 60,
  });
});

test.each([
  [{ 'disable-eviction': true }, 'disable-eviction', 'goes-round-budgets'],
  [{ 'drain-timeout': 0 }, 'drain-timeout', 'never-ends'],
  [{ 'drain-timeout': -1 }, 'drain-timeout', 'not-a-number-of-seconds'],
  [{ 'drain-timeout': 1.5 }, 'drain-timeout', 'not-a-number-of-seconds'],
  [{ 'drain-timeout': Infinity }, 'drain-timeout', 'not-a-number-of-seconds'],
  [{ 'grace-period': -2 }, 'grace-period', 'not-a-number-of-seconds'],
] as const)('%j is refused', (flags, flag, why) => expect(readDrainFlags(flags)).toEqual({ flag, why }));
