import { textKey } from '../../kit/findings.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languages } from '../../../locales/language.ts';
import { createTranslator } from '../../../locales/translator.ts';
import type { Verdict } from '../finding.ts';
import { parseScheduler } from './scheduler.ts';
import { containerLogs } from '../problem.ts';
import { scheduleVerdicts } from './schedule-verdicts.ts';

const now = 1_800_000_000;
const day = 86_400;

interface Fixture {
  readonly lines?: readonly string[];
  /** Days. */
  readonly uptime?: number;
  /** Days since the last run; none is on record when it is left out. */
  readonly ran?: number;
}

function verdicts({ lines = [], uptime = 30, ran }: Fixture): readonly Verdict[] {
  const state = ran === undefined ? [] : [`state ${now - Math.round(ran * day)} /var/lib/logrotate/status`];
  const scheduler = parseScheduler({
    text: [`uptime ${Math.round(uptime * day)}`, ...lines, `now ${now}`, ...state, ''].join('\n'),
    truncated: false,
  });
  if (scheduler === undefined || scheduler === 'no-docker') throw new Error('not what the probe prints');
  return scheduleVerdicts(scheduler, '/var/lib/docker/containers');
}

const told = (fixture: Fixture): readonly string[] =>
  verdicts(fixture).map(({ why, rule }) => (why === undefined ? rule : `${rule}.${why}`));

const runs = 'logrotate config:/etc/logrotate.conf';
const debianTable = 'crontab /etc/crontab\t25 6 * * *\tunless:/usr/sbin/anacron folder:/etc/cron.daily';
const debianScript = [
  'script /etc/cron.daily/logrotate\t\tunless:/run/systemd/system',
  `script /etc/cron.daily/logrotate\t\t${runs}`,
];
const centosTable = [
  'crontab /etc/cron.d/0hourly\t01 * * * *\tfolder:/etc/cron.hourly',
  'script /etc/cron.hourly/0anacron\t\tanacron',
  'anacron /etc/anacrontab\t1 5\tfolder:/etc/cron.daily',
];
const centosScript = `script /etc/cron.daily/logrotate\t\tlogrotate state:/var/lib/logrotate/logrotate.status config:/etc/logrotate.conf`;

const timer = (active: string, enabled: string, load = 'loaded'): readonly string[] => [
  'present /run/systemd/system',
  'unit Unit=logrotate.service',
  'unit TimersCalendar={ OnCalendar=*-*-* 00:00:00 ; next_elapse=n/a }',
  'unit Id=logrotate.timer',
  `unit LoadState=${load}`,
  `unit ActiveState=${active}`,
  `unit UnitFileState=${enabled}`,
  'unit next=',
];
const service = (result = 'success', more: readonly string[] = []): readonly string[] => [
  `unit Result=${result}`,
  'unit ExecMainStatus=1',
  `unit ExecStart= ${runs}`,
  'unit ProtectSystem=full',
  ...more,
  'unit Id=logrotate.service',
  'unit LoadState=loaded',
  'unit ActiveState=inactive',
];

describe('logrotate is started', () => {
  test.each<readonly [string, Fixture]>([
    ['by Debian’s cron', { lines: ['process cron', debianTable, ...debianScript], ran: 0.5 }],
    [
      'by CentOS’s cron, its anacron and the daily folder',
      { lines: ['process crond', ...centosTable, centosScript], ran: 0.5 },
    ],
    [
      'by an anacron that a timer starts',
      {
        lines: [
          'present /usr/sbin/anacron',
          'unit Id=anacron.timer',
          'unit ActiveState=active',
          'anacron /etc/anacrontab\t1 5\tfolder:/etc/cron.daily',
          `script /etc/cron.daily/logrotate\t\t${runs}`,
        ],
        ran: 0.5,
      },
    ],
    [
      'by a line of its own',
      { lines: ['process crond', `crontab /etc/cron.d/logrotate.cron\t@hourly\t${runs}`], ran: 0.1 },
    ],
    [
      'by root’s own crontab',
      { lines: ['process cron', `user /var/spool/cron/crontabs/root\t*/10 * * * *\t${runs}`], ran: 0.1 },
    ],
    [
      'by the timer, and Debian’s script leaves it to that',
      { lines: ['process cron', debianTable, ...debianScript, ...timer('active', 'enabled'), ...service()], ran: 1 },
    ],
    [
      'by a timer of somebody’s own',
      {
        lines: [
          'unit Id=rotate.timer',
          'unit ActiveState=active',
          'unit next=',
          `unit ExecStart= ${runs}`,
          'unit Id=rotate.service',
        ],
        ran: 1,
      },
    ],
    ['on a node that was just started', { lines: ['process cron', debianTable, ...debianScript], uptime: 0.1 }],
    ['on a node that was off for long', { lines: ['process cron', debianTable, ...debianScript], uptime: 1, ran: 40 }],
  ])('%s', (_name, fixture) => {
    expect(told(fixture)).toEqual([]);
  });
});

describe('nothing starts it, and why', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['nothing is there', [], 'nothing'],
    ['cron does not run', [debianTable, ...debianScript], 'cron-stopped'],
    [
      'the script may not be executed',
      ['process cron', debianTable, 'not-executable /etc/cron.daily/logrotate'],
      'not-executable',
    ],
    [
      'Debian’s cron wants no dot in a name',
      ['process cron', debianTable, `script /etc/cron.daily/logrotate.sh\t\t${runs}`],
      'not-reached',
    ],
    ['nor in /etc/cron.d', ['process cron', `crontab /etc/cron.d/logrotate.cron\t@daily\t${runs}`], 'cron-name'],
    [
      'a package manager left the script behind',
      ['process crond', ...centosTable, centosScript.replace('logrotate\t', 'logrotate.rpmsave\t')],
      'not-reached',
    ],
    ['the folder is in nobody’s table', ['process cron', `script /etc/cron.daily/logrotate\t\t${runs}`], 'not-reached'],
    [
      'anacron is installed, and nothing starts it',
      ['process cron', 'present /usr/sbin/anacron', debianTable, ...debianScript],
      'not-reached',
    ],
    ['the timer is off', [...timer('inactive', 'disabled'), ...service()], 'timer-off'],
    [
      'the timer is off, and Debian’s script leaves it to that',
      ['process cron', debianTable, ...debianScript, ...timer('inactive', 'disabled'), ...service()],
      'timer-off',
    ],
    ['the timer was stopped', [...timer('inactive', 'enabled'), ...service()], 'timer-stopped'],
    ['the timer is masked', [...timer('inactive', 'masked', 'masked'), ...service()], 'timer-masked'],
    [
      'only for another file',
      ['process cron', 'crontab /etc/cron.d/web\t@hourly\tlogrotate config:/etc/web-rotate.conf'],
      'other-file',
    ],
    [
      'the table has no account',
      [
        'process cron',
        `crontab /etc/cron.d/logs\t0 * * * *\tuser:/usr/sbin/logrotate config:/etc/logrotate.conf`,
        `crontab /etc/cron.d/logs\t5 * * * *\tuser:root ${runs}`,
        'table 81a4 0 1 /etc/cron.d/logs',
        'account root',
      ],
      'cron-account',
    ],
    [
      'others may write the table',
      [
        'process cron',
        `crontab /etc/cron.d/logs\t5 * * * *\tuser:root ${runs}`,
        'table 81b6 0 1 /etc/cron.d/logs',
        'account root',
      ],
      'cron-mode',
    ],
    [
      'cronie takes no line that does not end',
      [
        'process crond',
        `crontab /etc/cron.d/logs\t5 * * * *\tuser:root ${runs}`,
        'unended /etc/cron.d/logs',
        'table 81a4 0 1 /etc/cron.d/logs',
        'account root',
      ],
      'cron-unended',
    ],
    ['only once, at boot', ['process cron', `crontab /etc/cron.d/boot\t@reboot\t${runs}`], 'at-boot'],
  ])('%s', (_name, lines, why) => {
    expect(verdicts({ lines })).toMatchObject([{ status: 'fail', rule: 'logrotate-not-scheduled', why }]);
  });

  test('it ran lately anyway: a warning, for what starts it may be out of sight', () => {
    expect(verdicts({ ran: 0.3 })).toMatchObject([{ status: 'warn', why: 'ran-lately', params: { hours: 7 } }]);
    expect(told({ ran: 2.1 })).toEqual(['logrotate-not-scheduled.nothing']);
  });
});

describe('it is started, and something is wrong', () => {
  const daily = ['process crond', ...centosTable, centosScript];
  const own = (...more: readonly string[]): readonly string[] => [
    ...timer('active', 'enabled'),
    ...service('success', more),
  ];

  test.each<readonly [string, Fixture, string | readonly string[]]>([
    ['the last run is more than a day late', { lines: daily, ran: 2.1 }, 'logrotate-overdue.since'],
    ['no run since the node was started', { lines: daily, uptime: 3 }, 'logrotate-overdue.never'],
    [
      'a weekly one, nine days ago',
      { lines: ['process crond', `crontab /etc/crontab\t@weekly\t${runs}`], ran: 9 },
      ['logrotate-overdue.since', 'logrotate-runs-rarely'],
    ],
    [
      'once a week, and it was',
      { lines: ['process crond', `crontab /etc/crontab\t0 3 * * 0\t${runs}`], ran: 7.5 },
      'logrotate-runs-rarely',
    ],
    [
      'the timer is not enabled',
      { lines: [...timer('active', 'disabled'), ...service()], ran: 0.5 },
      'logrotate-until-reboot',
    ],
    [
      'the last run failed',
      { lines: [...timer('active', 'enabled'), ...service('exit-code')], ran: 0.5 },
      'logrotate-fails',
    ],
    ['the unit may write nowhere', { lines: own('unit ProtectSystem=strict'), ran: 0.5 }, 'logrotate-sandboxed'],
    [
      'the unit may not write there',
      { lines: own('unit ReadOnlyPaths=/srv /var/lib'), ran: 0.5 },
      'logrotate-sandboxed',
    ],
  ])('%s', (_name, fixture, text) => {
    expect(told(fixture)).toEqual([text].flat());
  });

  test('an exception from the sandbox counts, and so does another way to be started', () => {
    expect(told({ lines: own('unit ProtectSystem=strict', 'unit ReadWritePaths=/var/lib/docker'), ran: 0.5 })).toEqual(
      [],
    );
    expect(told({ lines: [...own('unit ProtectSystem=strict'), ...daily], ran: 0.5 })).toEqual([]);
  });
});

test('what the probe did not print is never taken for a schedule', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (text, truncated) => {
      const scheduler = parseScheduler({ text, truncated });
      expect(scheduler === undefined || scheduler === 'no-docker').toBe(true);
    }),
  );
});

test.each(languages)('every verdict has its words in %s, and all its values', (language) => {
  const translator = createTranslator(language, containerLogs.texts[language]);
  const fixtures: readonly Fixture[] = [
    {},
    { ran: 0.3 },
    { lines: [debianTable, ...debianScript] },
    { lines: ['not-executable /etc/cron.daily/logrotate'] },
    { lines: [...timer('active', 'enabled'), ...service('exit-code')], ran: 9 },
  ];
  const said = fixtures
    .flatMap(verdicts)
    .map(({ why, rule, params }) => translator.text(textKey(rule, why), params ?? {}));

  expect(said.length).toBeGreaterThan(fixtures.length);
  expect(said.filter((sentence) => sentence.includes('{{'))).toEqual([]);
});
