import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../../test/private-root.ts';
import type { CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { containerLogs } from '../../problem.ts';
import { readConfiguration } from '../../../../logrotate/read-configuration.ts';
import { releaseOf } from '../../../../logrotate/release.ts';
import { memoryTree } from '../../../../logrotate/testing/memory-tree.ts';
import { fixtureRoot } from '../../testing/fixture-root.ts';
import fixtureScript from '../../testing/fixture.sh?raw';
import { logrotateAccepts } from './logrotate-accepts.ts';
import { ruleCoversLogs } from './rule-covers-logs.ts';
import { ruleGone } from './rule-gone.ts';
import { trialOf } from './trial.ts';

const folder = '/var/lib/docker/containers';
const path = '/etc/logrotate.d/docker';
const staged = `${path}.nodemend-20261124-0931-container-logs-7f3a~`;
const body =
  '{\n    daily\n    rotate 3\n    copytruncate\n    missingok\n    compress\n    dateext\n    dateformat -%Y%m%d-%s\n}';
const good = `${folder}/*/*-json.log ${body}\n`;

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
  // The machine's /tmp shows through, with what others make in it meanwhile.
  root.run('mount -t tmpfs -o mode=1777 none /tmp');
});
beforeEach(() => {
  root.run(fixtureScript, 'fail-rule-missing', containerLogs.faultScript);
});
afterAll(async () => {
  await root.close();
});

/** As on a node, and as in a place where nothing may be mounted. */
const places = [
  { place: 'with a mount namespace', before: [] },
  { place: 'without one', before: ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin', '--'] },
] as const;

describe.each(places)('logrotate-accepts $place', ({ before }) => {
  const accepts = (content: string, mode = '0644'): CheckVerdict => {
    stage(content, mode);
    return check(logrotateAccepts, [staged, path], before);
  };

  test('accepts a good rule', () => {
    expect(accepts(good)).toMatchObject({ ok: true });
  });

  test.each([
    ['an unknown word', good.replace('daily', 'daily\n    maxsizee 100M'), /unknown option 'maxsizee'/],
    ['a wrong unit', good.replace('daily', 'maxsize 100m'), /unknown unit 'm'/],
    ['a brace too many', `${good}}\n`, /unexpected \}/],
    [
      'a missing brace before another rule',
      `${good.replace('\n}\n', '\n')}/var/log/x.log {\n}\n`,
      /unexpected log filename/,
    ],
    ['an unknown user', good.replace('daily', 'su nosuch-user root'), /unknown user/],
  ])('refuses %s', (_name, content, saw) => {
    expect(accepts(content)).toMatchObject({ ok: false, saw: expect.stringMatching(saw) });
  });

  test('refuses a mode that logrotate passes over', () => {
    expect(accepts(good, '0666')).toMatchObject({ ok: false, saw: expect.stringMatching(/Ignoring|writable/) });
  });

  test('refuses a second rule for the same logs', () => {
    put('/etc/logrotate.d/another', good, '0644');

    expect(accepts(good)).toMatchObject({ ok: false, saw: expect.stringMatching(/duplicate log entry/) });
  });

  test('does not mind what was wrong before', () => {
    put('/etc/logrotate.d/another', '/var/log/other.log {\n  maxsize 5q\n}\n', '0644');

    expect(accepts(good)).toMatchObject({ ok: true });
  });

  test('judges a removal by what stays', () => {
    put(path, good, '0644');

    expect(check(logrotateAccepts, ['', path], before)).toMatchObject({ ok: true });
    expect(root.run('ls /etc/logrotate.d')).toBe('docker\nsyslog\n');
  });

  test.each([
    [
      'that a user owns',
      'mkdir -p /home/mallory/docker/containers; chown 1000:1000 /home/mallory/docker/containers',
      '/home/mallory/docker',
      'owner',
    ],
    [
      'on whose way one is a user’s',
      'mkdir -p /home/mallory/docker/containers; chown 1000:1000 /home/mallory; chown 0:0 /home/mallory/docker/containers',
      '/home/mallory/docker',
      'owner',
    ],
    ['that all may write on the way', 'mkdir -p /data/docker/containers; chmod 1777 /data', '/data/docker', 'writable'],
    [
      'behind a link into a user’s folder',
      'mkdir -p /home/mallory/docker/containers; chown -R 1000:1000 /home/mallory; mkdir -p /srv; ln -sfn /home/mallory/docker /srv/docker',
      '/srv/docker',
      'owner',
    ],
    [
      'that is not there yet, in a user’s folder',
      'mkdir -p /home/mallory; chown 1000:1000 /home/mallory',
      '/home/mallory/new',
      'owner',
    ],
  ])('puts no rule over a folder of docker’s %s', (_which, prepare, dataRoot, why) => {
    root.run(prepare);
    const rule = `${dataRoot}/containers/*/*-json.log ${body}\n`;

    expect(accepts(rule)).toMatchObject({
      ok: false,
      saw: `others than root have a say in what ${dataRoot}/containers is (${why}); a rule works there as root`,
    });
    root.run('rm -rf /home/mallory /data /srv/docker');
  });

  test('takes the main file itself', () => {
    const main = root.run('cat /etc/logrotate.conf');
    const beside = '/etc/logrotate.conf.nodemend-20261124-0931-container-logs-7f3a~';
    put(beside, `${main}\n${good}`, '0644');
    const accepted = check(logrotateAccepts, [beside, '/etc/logrotate.conf'], before);
    put(beside, `${main}\ncompres\n`, '0644');
    const refused = check(logrotateAccepts, [beside, '/etc/logrotate.conf'], before);
    root.run('rm -f "$1"', beside);

    expect(accepted).toMatchObject({ ok: true });
    expect(refused).toMatchObject({ ok: false, saw: expect.stringMatching(/unknown option 'compres'/) });
  });

  test('leaves nothing behind and changes nothing', () => {
    const seen = (): string =>
      root.run(
        'ls -A /run /tmp /dev/shm /etc/logrotate.d; ls -l --time-style=full-iso /etc/logrotate.d /var/lib/logrotate 2>&1; cat /proc/mounts',
      );
    put(path, good, '0644');
    stage(good, '0644');
    const first = seen();
    check(logrotateAccepts, [staged, path], before);

    expect(seen()).toBe(first);
  });
});

test('a folder that the main file does not include by its name cannot be tried out without a namespace', () => {
  root.run('sed -i "s|^include .*|include /etc/./logrotate.d|" /etc/logrotate.conf');
  stage(good, '0644');

  expect(check(logrotateAccepts, [staged, path], places[1].before)).toMatchObject({
    ok: false,
    saw: expect.stringMatching(/main file does not include/),
  });
  expect(check(logrotateAccepts, [staged, path], [])).toMatchObject({ ok: true });
});

describe.each([['dash'], ['bash'], ['busybox', 'sh']])('rule-covers-logs under %s', (...shell) => {
  const covers = (rule = body, ...times: readonly string[]): CheckVerdict =>
    check(ruleCoversLogs, [folder, rule, ...times], [], shell);

  test('sees a good rule at work, and rotates no log of a container', () => {
    put(path, good, '0644');
    const logs = (): string => root.run(`stat -c '%i %s %Y %n' ${folder}/*/*`);
    const before = logs();

    expect(covers()).toEqual({
      ok: true,
      saw: 'logrotate -d looks at 3 of 3 container logs; a scratch log was rotated when due',
    });
    expect(logs()).toBe(before);
    expect(
      root.run('ls -A /run | grep nodemend || :; cat /var/lib/logrotate/status 2>/dev/null | grep -c scratch || :'),
    ).toMatch(/^0?\n?$/);
  });

  test.each([
    ['daily, as nodemend writes it', 'daily', body],
    ['with seconds, by two runs a day', '0,385', body],
    ['hourly', '17,77,137', body],
    ['numbers for names', '17,77,137', body.replace(/ {4}date.*\n/gu, '')],
    ['one old log', 'daily', body.replace('rotate 3', 'rotate 1')],
    ['dates for names', 'daily', body.replace('-%s', '')],
    ['two hours for names', '410,430', body.replace('-%s', '%H')],
  ])('a rule that rotates each time: %s', (_name, times, rule) => {
    put(path, good, '0644');

    const count = times.split(',').length === 2 ? 2 : 3;
    expect(covers(rule, times)).toEqual({
      ok: true,
      saw: `logrotate -d looks at 3 of 3 container logs; a scratch log was rotated when due, ${count} times in a row`,
    });
  });

  test.each([
    ['a month for daily names', 'daily', body.replace('-%Y%m%d-%s', '-%Y%m')],
    ['a week for daily names', 'daily', body.replace('-%Y%m%d-%s', '-%V')],
    ['always the same', 'daily', body.replace('-%Y%m%d-%s', '-old')],
    ['a day for hourly names', '17,77,137', body.replace('-%s', '').replace('daily', 'hourly')],
    ['a day for names of two runs a day', '0,385', body.replace('-%s', '').replace('daily', 'daily\n    maxsize 1k')],
    ['an hour for names of three runs in it', '0,20,40', body.replace('-%s', '%H')],
    ['a month for names, not compressed', 'daily', body.replace('-%Y%m%d-%s', '-%Y%m').replace('    compress\n', '')],
  ])('a rule that does not rotate again: %s', (_name, times, rule) => {
    put(path, good, '0644');

    expect(covers(rule, times)).toMatchObject({
      ok: false,
      saw: expect.stringMatching(/^rotation [23] in a row failed: .*destination .* already exists/u),
    });
  });

  test('no script and no program of a rule is run by the trial of it', () => {
    const evil = (word: string): string => `    ${word}\n        touch /tmp/owned-${word}\n    endscript\n`;
    const scripts = ['firstaction', 'prerotate', 'postrotate', 'lastaction', 'preremove'].map(evil).join('');
    root.run('printf "#!/bin/sh\\ntouch /tmp/owned-program\\ncat\\n" >/run/evil; chmod 0755 /run/evil');
    const rule = `${folder}/*/*-json.log ${body.replace('    daily\n', `    daily\n    compresscmd /run/evil\n${scripts}`)}\n`;
    put(path, rule, '0644');
    const log = `${folder}/1/1-json.log`;
    const tree = memoryTree({ [path]: { content: rule }, [log]: {} });
    const [block] = readConfiguration(path, tree, releaseOf('3.21.0')!).blocks;
    expect(block?.settings.scripts.size).toBe(5);

    expect(covers(trialOf(block?.written ?? []))).toMatchObject({ ok: true });
    expect(root.run('ls /tmp')).not.toContain('owned');
    // What an edited plan would give it: nobody gets that far (find-check.ts).
    expect(ruleCoversLogs.admits([folder, rule.slice(rule.indexOf('{'), -1)])).toBe(false);
  });

  test('a rule that is not due is forced', () => {
    put(path, good, '0644');

    expect(covers(body.replace('daily', 'daily\n    minsize 900M'))).toMatchObject({
      ok: true,
      saw: expect.stringMatching(/when forced$/),
    });
  });

  test('says which log is missed', () => {
    expect(covers()).toMatchObject({
      ok: false,
      saw: expect.stringMatching(/does not look at 3 of 3 container logs, for example 1{64}\/1{64}-json\.log$/),
    });
  });

  test('sees a log that is looked at and left alone', () => {
    put(path, good, '0644');
    root.run(`chmod 0777 ${folder}/2*`);

    expect(covers()).toMatchObject({ ok: false, saw: expect.stringMatching(/insecure permissions/) });
  });

  test.each([
    ['a rule that renames', body.replace('    copytruncate\n', ''), /was renamed|went on writing elsewhere/],
    ['a rule that never empties', body.replace('copytruncate', 'copy'), /was not emptied/],
    ['a rule that logrotate throws away', body.replace('rotate 3', 'rotate many'), /scratch log/],
  ])('says no to %s', (_name, rule, saw) => {
    put(path, good, '0644');

    expect(covers(rule)).toMatchObject({ ok: false, saw: expect.stringMatching(saw) });
  });
});

test.each(['2026-03-01 00:10', '2026-03-02 12:00', '2026-03-31 23:50', '2026-12-31 12:00', '2027-01-01 12:00'])(
  'names of a month or a week repeat on whatever day a rule is tried out, and those of a day never do: %s',
  (now) => {
    put(path, good, '0644');
    const found = (format: string): boolean =>
      check(ruleCoversLogs, [folder, body.replace('-%Y%m%d-%s', format), 'daily'], ['faketime', now]).ok;

    expect(['-%Y%m', '-%V', '-%Y', '-%Y%m%d'].map(found)).toEqual([false, false, false, true]);
  },
);

describe.each([['dash'], ['bash'], ['busybox', 'sh']])('rule-gone under %s', (...shell) => {
  const gone = (): CheckVerdict => check(ruleGone, ['/var/log/pods', '/var/log/containers', folder], [], shell);

  test('says whether a rule on these folders is left', () => {
    expect(gone()).toMatchObject({ ok: true });

    put(path, '/var/log/pods/*/*/*.log {\n  daily\n}\n', '0644');
    expect(gone()).toMatchObject({ ok: false, saw: expect.stringMatching(/still looks at \/var\/log\/pods\//) });
  });

  test('a run that reads nothing proves nothing', () => {
    root.run('rm /etc/logrotate.conf');

    expect(gone()).toMatchObject({ ok: false, saw: expect.stringMatching(/read no configuration/) });
  });
});

test.each([logrotateAccepts, ruleCoversLogs, ruleGone])('without logrotate a check says so', (one) => {
  root.run('mv /usr/sbin/logrotate /usr/sbin/logrotate.gone');

  expect(check(one, [staged, path], [])).toMatchObject({
    ok: false,
    saw: expect.stringMatching(/no-logrotate|has no logrotate/),
  });
});

function check(
  { script, judge }: NodeCheck,
  args: readonly string[],
  before: readonly string[],
  shell: readonly string[] = ['/bin/sh'],
): CheckVerdict {
  const [program = '', ...rest] = [...root.enter, ...before, ...shell, '-c', script, 'sh', ...args];
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
  return judge({ exitCode: status ?? 1, stdout, stderr });
}

function stage(content: string, mode: string): void {
  put(staged, content, mode);
}

function put(file: string, content: string, mode: string): void {
  root.run('printf %s "$2" >"$1"; chmod "$3" "$1"', file, content, mode);
}
