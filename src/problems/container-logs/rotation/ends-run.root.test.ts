import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import { diagnose } from '../diagnose.ts';
import { containerLogs } from '../problem.ts';
import { fixtureRoot } from '../testing/fixture-root.ts';
import { fixtureEvidence } from '../testing/fixture.ts';
import fixtureScript from '../testing/fixture.sh?raw';

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(() => root.close());

/** What systemd and cron would be told, and so what `logrotate-fails` is found by. */
const run = 'logrotate --force --state /run/state /etc/logrotate.conf >/dev/null 2>&1 && echo 0 || echo $?';

const explaining =
  containerLogs.rules['logrotate-fails']?.explainedBy?.flatMap((cause) => ('rule' in cause ? [cause.rule] : [])) ?? [];

test.each([
  'fail-rule-broken',
  'fail-rule-broken-windows',
  'fail-rule-broken-among-others',
  'warn-rule-duplicate',
  'fail-log-outgrows-room',
])('what is said to explain it ends the run of the real logrotate with 1: %s', async (state) => {
  root.run(fixtureScript, state, containerLogs.faultScript);
  const rules = diagnose(await fixtureEvidence(root, '', {}, 'as-it-is')).map(({ rule }) => rule);

  expect(rules.filter((rule) => explaining.includes(rule))).toHaveLength(1);
  expect(root.run(run)).toBe('1\n');
});

test.each(['pass-rule-ok', 'warn-rule-has-errors', 'warn-rule-loses-logs', 'fail-rule-missing'])(
  'what is not said to explain it lets the run end well: %s',
  async (state) => {
    root.run(fixtureScript, state, containerLogs.faultScript);
    const rules = diagnose(await fixtureEvidence(root, '', {}, 'as-it-is')).map(({ rule }) => rule);

    expect(rules.filter((rule) => explaining.includes(rule))).toEqual([]);
    expect(root.run(run)).toBe('0\n');
  },
);
