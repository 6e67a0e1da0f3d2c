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

/** Whether the rules are told to fail, and whether the real logrotate leaves a log as it is in a run when it is due. */
async function compare(prepare: string): Promise<{ readonly fails: boolean; readonly isLeft: boolean }> {
  root.run(fixtureScript, 'fail-rule-missing', containerLogs.faultScript);
  root.run(`rm -rf /run/old /run/nowhere && mkdir /run/old && cd /etc/logrotate.d && ${prepare}`);
  const findings = diagnose(await fixtureEvidence(root, 'fail-rule-missing', {}, 'as-it-is'));
  const fails = findings.some(({ rule, status }) => rule.startsWith('rule-') && status === 'fail');
  // The first run only notes the log.
  return { fails, isLeft: Number(root.run(rotations, ...days)) < days.length - 1 };
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
const written = (...directives: readonly string[]): string => `printf '${rule(...directives)}\\n' >docker`;

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
    const { fails, isLeft } = await compare(prepare);

    expect({ fails }).toEqual({ fails: isLeft });
  });
});
