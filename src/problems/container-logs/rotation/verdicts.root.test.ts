import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import { diagnose } from '../diagnose.ts';
import { containerLogs } from '../problem.ts';
import { fixtureEvidence } from '../testing/fixture.ts';
import { fixtureRoot } from '../testing/fixture-root.ts';
import fixtureScript from '../testing/fixture.sh?raw';

/**
 * What is said of a rule beside what the real logrotate then does with it: run by the node's own main file, a day apart,
 * while a container goes on writing.
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(() => root.close());

/** In how many of the runs at "$@", each behind a line that the container writes, its log is emptied. */
const rotations = `
log=$(ls /var/lib/docker/containers/1*/1*-json.log)
rm -f /run/verdict-state
done=0
for at in "$@"; do
  echo line >>"$log"
  faketime "$at" logrotate --state /run/verdict-state /etc/logrotate.conf >/dev/null 2>&1 || :
  [ -s "$log" ] || done=$((done + 1))
done
echo "$done"
`;

const days = ['2026-03-10', '2026-03-11', '2026-03-12', '2026-03-13'].map((day) => `${day} 06:25:00`);

/** Whether the rules are told to fail on a node that is prepared so. */
async function fails(prepare: string): Promise<boolean> {
  root.run(fixtureScript, 'fail-rule-missing', containerLogs.faultScript);
  root.run(`rm -rf /run/old /run/nowhere && mkdir /run/old && cd /etc/logrotate.d && ${prepare}`);
  const findings = diagnose(await fixtureEvidence(root, 'fail-rule-missing', {}, 'as-it-is'));
  return findings.some(({ rule, status }) => rule.startsWith('rule-') && status === 'fail');
}

/** Whether the real logrotate leaves a log as it is in a run when it is due. The first run only notes the log. */
function isLeft(): boolean {
  return Number(root.run(rotations, ...days)) < days.length - 1;
}

const rule = (...directives: readonly string[]): string =>
  [
    '/var/lib/docker/containers/*/*-json.log {',
    'daily',
    'rotate 3',
    'copytruncate',
    'missingok',
    ...directives,
    '}',
  ].join('\\n');
const written = (...directives: readonly string[]): string => `printf '%b\\n' '${rule(...directives)}' >docker`;

describe('the folder for old logs', () => {
  test.each([
    ['none', written()],
    ['is there', written('olddir /run/old')],
    ['is not there', written('olddir /run/nowhere')],
    ['is not there, behind an equals sign', written('olddir = /run/nowhere')],
    [
      'is not there, one line',
      `echo '/var/lib/docker/containers/*/*-json.log { olddir /run/nowhere' >docker
      printf 'daily\\nrotate 3\\ncopytruncate\\n}\\n' >>docker`,
    ],
    ['is not there and is made', written('olddir /run/nowhere', 'createolddir 0755 root root')],
    ['is not there, and not made after all', written('olddir /run/nowhere', 'createolddir', 'nocreateolddir')],
    ['is taken back', written('olddir /run/nowhere', 'noolddir')],
    ['is a file', `: >/run/old/file; ${written('olddir /run/old/file')}`],
    ['is a link to a folder', `ln -s /run/old /run/old/link; ${written('olddir /run/old/link')}`],
    ['is a link to nothing', `ln -s /run/nowhere /run/old/link; ${written('olddir /run/old/link')}`],
    ['is relative', written('olddir old')],
    ['is relative and made', written('olddir old', 'createolddir 0755 root root')],
    ['is in quotes', written('olddir "/run/old"')],
    ['is not there, of the main file', `sed -i '1i olddir /run/nowhere' /etc/logrotate.conf; ${written()}`],
    [
      'is not there, of the main file, and taken back',
      `sed -i '1i olddir /run/nowhere' /etc/logrotate.conf; ${written('noolddir')}`,
    ],
    [
      'is not there, of a rule before in the file',
      `printf '/run/old/*.log {\\nmissingok\\nolddir /run/nowhere\\n}\\n${rule()}\\n' >docker`,
    ],
    [
      'is not there, of a rule behind in the file',
      `printf '${rule()}\\n/run/old/*.log {\\nmissingok\\nolddir /run/nowhere\\n}\\n' >docker`,
    ],
    ['is not there, of another file', `printf '/run/old/*.log {\\nolddir /run/nowhere\\n}\\n' >before; ${written()}`],
  ])('%s', async (_name, prepare) => {
    expect({ fails: await fails(prepare) }).toEqual({ fails: isLeft() });
  });
});

describe('files that are there and spoilt', () => {
  test.each([
    ['a byte order mark', `{ printf '\\357\\273\\277'; printf '%b\\n' '${rule()}'; } >docker`],
    ['a slash missing', `${written()}; sed -i 's,^/var,var,' docker`],
    ['a link to nothing', 'ln -s /nowhere docker'],
    ['a folder', `mkdir docker; ${written().replace('>docker', '>docker/docker')}`],
  ])('%s', async (_name, prepare) => {
    expect({ fails: await fails(prepare) }).toEqual({ fails: isLeft() });
  });
});

describe('runs through a day and its night', () => {
  const every = (hours: number): readonly string[] =>
    Array.from({ length: 30 / hours }, (_, run) => {
      const hour = run * hours;
      return `2026-03-${10 + Math.floor(hour / 24)} ${String(hour % 24).padStart(2, '0')}:17:00`;
    });
  const daily = ['2026-03-10 06:25:00', '2026-03-11 06:25:00', '2026-03-12 06:25:00'];
  const everyTwentyMinutes = ['22:10', '22:30', '22:50', '23:10', '23:30', '23:50']
    .map((time) => `2026-03-10 ${time}:00`)
    .concat(['00:10', '00:30', '00:50', '01:10'].map((time) => `2026-03-11 ${time}:00`));
  const twiceADay = ['10', '11', '12'].flatMap((day) => [`2026-03-${day} 00:00:00`, `2026-03-${day} 06:25:00`]);
  const line = (time: string): string => `${time} root /usr/sbin/logrotate /etc/logrotate.conf`;
  const crontab = (time: string): string => `rm /etc/cron.daily/logrotate; echo '${line(time)}' >/etc/cron.d/rotate`;
  // As fixture.sh has it: a stand-in for systemctl prints what Debian's timer looks like.
  const timer = `mkdir -p /run/systemd/system
    printf '#!/bin/sh\\ncat /run/systemd/show\\n' >/run/systemd/systemctl; chmod 0755 /run/systemd/systemctl
    printf '%s\\n' 'Unit=logrotate.service' 'TimersCalendar={ OnCalendar=*-*-* 00:00:00 ; next_elapse=n/a }' \\
      'Id=logrotate.timer' LoadState=loaded ActiveState=active UnitFileState=enabled '' \\
      'ExecStart={ path=/usr/sbin/logrotate ; argv[]=/usr/sbin/logrotate /etc/logrotate.conf ; ignore_errors=no }' \\
      ProtectSystem=no Id=logrotate.service LoadState=loaded ActiveState=inactive >/run/systemd/show
    mount --bind /run/systemd/systemctl /usr/bin/systemctl`;
  const unguarded = `printf '#!/bin/sh\\n/usr/sbin/logrotate /etc/logrotate.conf\\n' >/etc/cron.daily/logrotate`;
  const runs = [
    ['daily', 'true', daily],
    ['hourly', 'mv /etc/cron.daily/logrotate /etc/cron.hourly/', every(1)],
    ['every six hours', crontab('17 */6 * * *'), every(6)],
    ['three times an hour', crontab('*/20 * * * *'), everyTwentyMinutes],
    ['twice a day, by two lines of cron', `echo '${line('0 0 * * *')}' >/etc/cron.d/rotate`, twiceADay],
    ['twice a day, by systemd’s timer and cron', `${timer}; ${unguarded}`, twiceADay],
    ['once a day, for the script leaves it to systemd’s timer', timer, daily.map((at) => at.replace('06:25', '00:00'))],
    ['twice in one minute', `${timer}; ${unguarded}; sed -i 's/^25 6/0 0/' /etc/crontab`, daily],
  ] as const;
  const rules = [
    ['daily'],
    ['daily', 'maxsize 1'],
    ['hourly'],
    ['size 1'],
    ['hourly', 'dateformat -%Y%m%d'],
    ['daily', 'maxsize 1', 'dateformat -%Y%m%d-%s'],
    ['daily', 'maxsize 1', 'dateformat -%Y%m%d-%H'],
    ['size 1', 'nodateext'],
    ['weekly', 'maxsize 1'],
  ] as const;

  test.each(
    runs.flatMap(([name, prepare, at]) => rules.map((words) => [name, words.join(', '), prepare, at] as const)),
  )(
    '%s: %s',
    async (_name, words, prepare, at) => {
      const made = written('dateext', 'rotate 100', ...words.split(', '));
      const failed = await fails(`${made}; ${prepare}`);
      const rotated = Number(root.run(rotations, ...at));
      // With numbers for names every rotation that is due takes place.
      root.run(`cd /etc/logrotate.d && ${made} && sed -i 's/^}/nodateext\\n}/' docker`);
      const due = Number(root.run(`rm -f /var/lib/docker/containers/1*/*.log-*; ${rotations}`, ...at));

      expect(due).toBeGreaterThan(0);
      expect({ failed, rotated }).toEqual({ failed: rotated < due, rotated });
    },
    20_000,
  );
});
