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

/** The rule, and how many files its pattern takes more after the real logrotate rotated once. */
const rotateOnce = `
printf '%s {\\n copytruncate\\n missingok\\n rotate 3\\n%s\\n}\\n' "$1" "$2" >/etc/logrotate.d/docker
mkdir -p /var/lib/docker/containers/old
before=$(ls -d $1 | wc -l)
logrotate --force --state /run/names-state /etc/logrotate.conf >/dev/null 2>&1 || :
echo $(($(ls -d $1 | wc -l) - before))
find /var/lib/docker/containers -name '*.log*' -not -name '*-json.log' | grep -v hostconfig | wc -l`;

const all = '/var/lib/docker/containers/*/*.log';
const json = '/var/lib/docker/containers/*/*-json.log';

test.each([
  [all, ' nodateext'],
  [all, ' addextension .log'],
  [json, ' addextension .log'],
  [json, ' addextension -json.log'],
  [all, ' addextension .log\n compress'],
  [all, ' addextension .log\n compress\n delaycompress'],
  [`${all}*`, ' nodateext'],
  [all, ' extension .log'],
  [all, ' extension .txt\n addextension .log'],
  [all, ' compress\n compressext .log'],
  [all, ' dateext\n dateformat -%Y%m%d.log'],
  [`${all}*`, ' olddir /var/lib/docker/containers/old'],
  [`${all}*`, ' olddir /var/log'],
])('%s with%s: an old log is taken for a log, or is not, as the real one does', async (pattern, directives) => {
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
  const [more = '', old = ''] = root.run(rotateOnce, pattern, directives).trim().split('\n');
  const found = diagnose(await fixtureEvidence(root, '', {}, 'as-it-is'));

  expect(Number(old) + Number(more)).toBeGreaterThan(directives.includes('/var/log') ? -1 : 0);
  expect(found.some(({ text }) => text.key.endsWith('rotates-rotated'))).toBe(Number(more) > 0);
});
