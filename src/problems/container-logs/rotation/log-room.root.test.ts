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

const log = '/var/lib/docker/containers/1*/1*-json.log';
const run = 'logrotate --force --state /run/state /etc/logrotate.conf 2>&1 || true';
const rules = async (): Promise<readonly string[]> =>
  diagnose(await fixtureEvidence(root, '', {}, 'as-it-is')).map(({ rule }) => rule);

test('the real logrotate fails on a log that is larger than the free room, and rotates it once it was emptied', async () => {
  root.run(fixtureScript, 'fail-log-outgrows-room', containerLogs.faultScript);
  expect(await rules()).toEqual(['log-outgrows-room']);
  expect(root.run(run)).toContain('No space left on device');
  expect(root.run(`stat -c %s ${log}`)).toBe('300000\n');
  expect(root.run(`ls ${log}-* 2>/dev/null || true`)).toBe('');

  root.run(`truncate -s 0 ${log}; head -c 50000 /dev/zero | tr '\\0' . >>$(echo ${log})`);
  // The disk is smaller than what the rule may keep.
  expect(await rules()).toEqual(['rule-ok', 'docker-logs-exceed-disk']);
  expect(root.run(run)).toBe('');
  expect(root.run(`stat -c %s ${log}`)).toBe('0\n');
});
