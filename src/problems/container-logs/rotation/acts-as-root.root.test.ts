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

/** Logs that the real logrotate rotated, with `su OWNER` in docker's rule. */
const rotated = `
sed -i "s/^}/  su $1\\n}/" /etc/logrotate.d/docker
logrotate --force --state /run/su-state /etc/logrotate.conf >/dev/null 2>&1 || :
find /var/lib/docker/containers -name '*-json.log?*' | wc -l
`;

test.each([
  // Ubuntu's own logrotate.conf has the first.
  ['root adm', true],
  ['root utmp', true],
  ['root root', true],
  ['nobody nogroup', false],
])('logrotate as %s rotates docker’s logs: %s, and the verdict says so', async (owner, isDone) => {
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
  expect(Number(root.run(rotated, owner)) > 0).toBe(isDone);
  const rules = diagnose(await fixtureEvidence(root, '', {}, 'as-it-is')).map(({ rule }) => rule);

  expect(rules.includes('rule-ok')).toBe(isDone);
});
