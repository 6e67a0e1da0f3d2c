import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import type { Finding } from '../../problem.ts';
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

const logs = '/var/lib/docker/containers/*/*-json.log';
const body = 'daily\n missingok\n copytruncate\n rotate 3\n compress';

/** A node without a rule in the main file, with these files and this line of cron's. */
function prepare(files: Readonly<Record<string, string>>, command: string, time = '0 * * * *'): void {
  root.run(fixtureScript, 'fail-rule-missing', containerLogs.faultScript);
  root.run('rm -rf /etc/rotate /etc/rotate.defaults /etc/own.conf /run/own-state');
  for (const [path, text] of Object.entries(files))
    root.run('mkdir -p "${1%/*}"; printf %s "$2" >"$1"; chmod 0644 "$1"', path, text);
  root.run('printf "%s root %s\\n" "$1" "$2" >/etc/cron.d/logs', time, command);
}

/** Whether the command of the line, run as cron runs it two days in a row, leaves old logs. */
function rotates(command: string): boolean {
  const found = root.run(
    `run() { env -i PATH=/usr/bin:/bin /bin/sh -c "$1" >/dev/null 2>&1; for log in /var/lib/docker/containers/*/*-json.log; do echo line >>"$log"; done; }
     run "$1"; sed -i 's/ [0-9]*-[0-9]*-[0-9]*-[0-9]*:[0-9]*:[0-9]*$/ 2026-1-1-1:0:0/' /run/own-state 2>/dev/null; run "$1"
     find /var/lib/docker/containers -name '*-json.log[.-]*' | wc -l`,
    command,
  );
  return Number(found) > 0;
}

const rulesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule }) => rule);
const found = async (): Promise<readonly Finding[]> => diagnose(await fixtureEvidence(root, '', {}, 'as-it-is'));

const own = '/etc/rotate/docker.conf';
const start = '/usr/sbin/logrotate -s /run/own-state';

test.each<[string, Readonly<Record<string, string>>, string, string]>([
  ['a file of its own', { [own]: `${logs} {\n ${body}\n}\n` }, `${start} ${own}`, 'rule-ok'],
  ['a folder', { [own]: `${logs} {\n ${body}\n}\n` }, `${start} /etc/rotate`, 'rule-ok'],
  [
    'what stands in a file before holds in the next',
    { '/etc/rotate.defaults': 'copytruncate\nmissingok\nrotate 2\n', [own]: `${logs} {\n daily\n}\n` },
    `${start} /etc/rotate.defaults ${own}`,
    'rule-ok',
  ],
  [
    'a file that it includes',
    { '/etc/own.conf': 'include /etc/rotate\n', [own]: `${logs} {\n ${body}\n}\n` },
    `${start} /etc/own.conf`,
    'rule-ok',
  ],
  [
    'a size that no disk has',
    { [own]: `${logs} {\n size 900000G\n missingok\n copytruncate\n rotate 3\n}\n` },
    `${start} ${own}`,
    'rule-never-rotates',
  ],
  [
    'a size that no disk has, by force',
    { [own]: `${logs} {\n size 900000G\n missingok\n copytruncate\n rotate 3\n}\n` },
    `${start} -f ${own}`,
    'rule-ok',
  ],
  ['nothing but words about it', { [own]: `${logs} {\n ${body}\n}\n` }, `${start} -d ${own}`, 'rule-ignored'],
  ['a file that is not there', {}, `${start} ${own}`, 'rule-missing'],
])('%s', async (_name, files, command, rule) => {
  prepare(files, command);
  const findings = await found();

  expect(findings[0]?.rule).toBe(rule);
  expect(rotates(command)).toBe(rule === 'rule-ok');
});

test('what harms the logs is told, however well the main file keeps them, and no plan for the main file is made of it', async () => {
  prepare({ [own]: `${logs} {\n daily\n rotate 3\n}\n` }, `${start} ${own}`);
  root.run('printf %s "$1" >/etc/logrotate.d/docker', `${logs} {\n ${body}\n}\n`);
  const evidence = await fixtureEvidence(root, '', {}, 'as-it-is');
  const findings = diagnose(evidence);

  expect(findings[0]).toMatchObject({ rule: 'rule-unsafe', text: { params: { file: own } } });
  expect(containerLogs.plan({ evidence, findings })).toMatchObject({ actions: [], refused: [{}] });
});

test('the time of its own runs counts, and not that of the daily one', async () => {
  prepare({ [own]: `${logs} {\n ${body}\n}\n` }, `${start} ${own}`, '0 4 * * 1');

  expect(rulesOf(await found())).toEqual(['rule-ok', 'logrotate-runs-rarely']);
});

test('a file that only a shell knows is unknown, and not that nothing is started', async () => {
  prepare({}, `CONF=${own}; ${start} "$CONF"`);
  root.run('rm /etc/cron.daily/logrotate');

  expect((await found()).map(({ rule }) => rule)).toEqual(['rule-missing', 'schedule-unknown']);
});
