import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logOptionFault } from './log-options.ts';

interface Recorded {
  readonly release: string;
  readonly drivers: Readonly<Record<string, readonly string[]>>;
  readonly common: readonly string[];
}

/** Of moby's own source, release by release (`testbed/oracles/log-options`). */
const recorded = readFileSync(join(import.meta.dirname, 'fixtures/log-options.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);
const drivers = [...new Set(recorded.flatMap((release) => Object.keys(release.drivers)))];
const common = new Set(recorded.flatMap((release) => release.common));
const optionsOf = (driver: string): ReadonlySet<string> =>
  new Set(recorded.flatMap((release) => release.drivers[driver] ?? []));
const everyOption = [...new Set([...drivers.flatMap((driver) => [...optionsOf(driver)]), ...common, 'max-files', ''])];
const whyOf = (driver: string, option: string): string | undefined =>
  logOptionFault(driver, new Map([[option, '']]))?.why;

test('the recording is of releases from 17.12 to 28', () => {
  expect(recorded.map(({ release }) => release.split('.')[0])).toEqual([
    '17',
    '20',
    '23',
    '24',
    '25',
    '26',
    '27',
    '28',
  ]);
});

test.each(drivers)('%s takes an option exactly when a release of dockerd does', (driver) => {
  const taken = optionsOf(driver);
  const wrong = everyOption
    .filter((option) => option !== '*')
    .filter((option) => {
      const isKnown = taken.has('*') || taken.has(option) || common.has(option);
      return isKnown === (whyOf(driver, option) === 'log-option');
    });

  expect(wrong).toEqual([]);
});

test.each<readonly [string, string, Readonly<Record<string, string>>, object | undefined]>([
  ['a driver that is none of docker’s', 'journal', {}, { why: 'log-driver', what: 'journal' }],
  ['an option of another driver', 'journald', { 'max-size': '10m' }, { why: 'log-option', what: 'max-size' }],
  ['a misspelt option', 'json-file', { 'max-files': '3' }, { why: 'log-option', driver: 'json-file' }],
  ['an option that it cannot do without', 'gelf', { tag: 'a' }, { why: 'log-option-missing', what: 'gelf-address' }],
  ['that option masked', 'gelf', { 'gelf-address': '***' }, undefined],
  ['no option at all', 'gelf', {}, undefined],
  ['a mode that is none', 'json-file', { mode: 'fast' }, { why: 'log-value', what: 'mode: fast' }],
  ['a value that an older probe masked', 'json-file', { 'cache-disabled': '***' }, undefined],
])('%s', (_name, driver, options, fault) => {
  const found = logOptionFault(driver, new Map(Object.entries(options)));

  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(fault);
});
