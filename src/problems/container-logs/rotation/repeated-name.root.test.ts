import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import { builtInSettings, type Criterion } from '../../../logrotate/settings.ts';
import { fixtureRoot } from '../testing/fixture-root.ts';
import { repeatsName } from './repeated-name.ts';

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(() => root.close());

/** How often the real logrotate rotates a log that grows, in five runs a period apart: rotations "$@". */
const rotations = `
rm -rf /run/names && mkdir /run/names && cd /run/names
printf '/run/names/log {\\n  rotate 50\\n  copytruncate\\n  dateext\\n  %s\\n%s}\\n' "$1" "\${2:+  dateformat $2
}" >rule
chmod 0644 rule
shift 2
done=0
for at in "$@"; do
  echo line >>log
  faketime "$at" logrotate --state /run/names/state rule >/dev/null 2>&1 || :
  [ -s log ] || done=$((done + 1))
done
echo "$done"
`;

const days = ['2026-03-10', '2026-03-11', '2026-03-12', '2026-03-13', '2026-03-14'].map((day) => `${day} 06:25:00`);
const weeks = ['2026-03-01', '2026-03-08', '2026-03-15', '2026-03-22', '2026-03-29'].map((day) => `${day} 06:25:00`);
const months = ['2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01', '2026-07-01'].map((day) => `${day} 06:25:00`);
const hours = ['05', '06', '07', '08', '09'].map((hour) => `2026-03-10 ${hour}:17:00`);

test.each<[Criterion, string, readonly string[], number?]>([
  ['daily', '', days],
  ['daily', '-%Y%m%d', days],
  ['daily', '-%Y%m%d-%s', days],
  ['daily', '-%Y%m', days],
  ['daily', '-%Y', days],
  ['weekly', '-%Y%m%d', weeks],
  ['weekly', '-%V', weeks],
  ['weekly', '-%Y%m', weeks],
  ['monthly', '-%Y%m', months],
  ['monthly', '-%Y', months],
  ['hourly', '-%Y%m%d%H', hours],
  ['hourly', '', hours, 1 / 24],
  ['hourly', '-%Y%m%d', hours, 1 / 24],
  ['hourly', '-%Y%m%d-%s', hours, 1 / 24],
  // Run daily, as it is everywhere unless somebody changed that.
  ['hourly', '-%Y%m%d', days],
  ['hourly', '-%Y%m', days],
])(
  '%s with dateformat %j at %j: the real logrotate rotates each time, or it is said that it does not',
  (criterion, format, at, runDays = 1) => {
    const count = Number(root.run(rotations, criterion, format, ...at));
    const settings = { ...builtInSettings, criterion, dateExt: true, dateFormat: format === '' ? undefined : format };

    // The first run only notes the log.
    expect(count >= at.length - 1).toBe(!repeatsName(settings, { days: runDays, starts: [] }));
  },
);
