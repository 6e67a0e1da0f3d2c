import { expect, test } from 'vitest';
import { defaultDrainOptions, readDrainFlags } from './drain-options.ts';

test('flags are those of kubectl drain, with a bound in place of for ever', () => {
  expect(readDrainFlags({})).toEqual(defaultDrainOptions);
  expect(
    readDrainFlags({
      'ignore-daemonsets': false,
      'delete-emptydir-data': true,
      force: true,
      'grace-period': 0,
      timeout: 60,
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
  [{ timeout: 0 }, 'timeout', 'never-ends'],
  [{ timeout: -1 }, 'timeout', 'not-a-number-of-seconds'],
  [{ timeout: 1.5 }, 'timeout', 'not-a-number-of-seconds'],
  [{ timeout: Infinity }, 'timeout', 'not-a-number-of-seconds'],
  [{ 'grace-period': -2 }, 'grace-period', 'not-a-number-of-seconds'],
] as const)('%j is refused', (flags, flag, why) => expect(readDrainFlags(flags)).toEqual({ flag, why }));
