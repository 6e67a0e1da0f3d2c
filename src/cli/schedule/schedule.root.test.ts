import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodemendArguments, type CommandResult } from '../../../test/end-to-end/operator.ts';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { startSilentServer, type SilentServer } from '../../../test/silent-server.ts';

/**
 * Schedules with the real crontab, cron and systemd-analyze, in a root of its own: the machine's crontab and units are
 * never seen. No systemd runs there; a timer that fires is in test/schedule/.
 */
let root: PrivateRoot;
let home: string;
const file = (name: string): string => join(root.shared, name);
const state = (name: string): string => join(home, '.local/state/nodemend/schedules', name);

/** As people have them: a variable, comments in another encoding, `%`, and a last line that was never ended. */
const crontabBefore = Buffer.from(
  '# m h  dom mon dow   command\nMAILTO=ops@example.com\nSHELL=/bin/false\n\n# caf\xe9\n' +
    "0 3 1 1 * tar --date=$(date +\\%F) # yearly\n@yearly echo 'never'\n\t \n5 4 1 1 1 echo last",
  'latin1',
);

beforeAll(async () => {
  root = await createPrivateRoot();
  home = file('home');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(file('hosts'), 'nobody 127.0.0.1\n');
  writeFileSync(
    file('tell.sh'),
    `#!/bin/sh\n{ echo "$NODEMEND_SCHEDULE $NODEMEND_EXIT_CODE $1"; cat; } >>'${file('told')}'\n`,
  );
  chmodSync(file('tell.sh'), 0o755);
});
afterAll(() => root?.close());

function nodemend(args: readonly string[], environment: Readonly<Record<string, string>> = {}): CommandResult {
  const [program = '', ...enter] = root.enter;
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', ...environment };
  const { status, stdout, stderr } = spawnSync(program, [...enter, process.execPath, ...nodemendArguments(...args)], {
    encoding: 'utf8',
    env,
  });
  return { exitCode: status, stdout, stderr };
}

/** Of the error that a command printed. */
function codeOf({ stderr }: Pick<CommandResult, 'stderr'>): string | undefined {
  return /\[([A-Z_]+)\]/.exec(stderr)?.[1];
}

/** A command that fails at once, because nobody listens there. */
const failing = (): readonly string[] => ['--', 'diagnose', '--hosts', file('hosts'), '--via', 'ssh', '--port', '1'];
/** The user's own lines, as they are on the disk below crontab's three. */
const crontabText = (): Buffer => Buffer.from(root.run(`tail -n +4 ${spool} | base64`), 'base64');
const spool = '/var/spool/cron/crontabs/root';

function writeSpool(content: Buffer): void {
  root.run(
    `mkdir -p /var/spool/cron/crontabs && printf %s "$1" | base64 -d >${spool} && chmod 600 ${spool}`,
    content.toString('base64'),
  );
}

/** Debian's own, in the foreground. */
function startCron(): ChildProcess {
  const [program = '', ...enter] = root.enter;
  return spawn(program, [...enter, 'cron', '-f'], { stdio: 'ignore' });
}

describe('the user’s crontab', () => {
  test('a line is added above all that is there, which stays to the byte, and is taken out again', () => {
    writeSpool(crontabBefore);
    const installed = nodemend([
      'schedule',
      'install',
      '--as',
      'cron',
      '--name',
      'kept',
      '--at',
      '03:20',
      '--yes',
      ...failing(),
    ]);
    expect(installed.stderr).not.toContain('error:');
    expect(installed.exitCode).toBe(0);
    const now = crontabText().toString('latin1');
    const [begin = '', line = '', end = '', ...rest] = now.split('\n');
    expect([begin, end]).toEqual([
      '# nodemend schedule kept: begin (to take it out: nodemend schedule remove kept)',
      '# nodemend schedule kept: end',
    ]);
    expect(line).toMatch(/^20 \* \* \* \* \/\S+ .* schedule run \/\S+\/kept\/schedule\.json --if-due$/);
    expect(rest.join('\n')).toBe(`${crontabBefore.toString('latin1')}\n`);
    expect(readFileSync(state('crontab.before'), 'latin1')).toBe(crontabBefore.toString('latin1'));

    expect(codeOf(nodemend(['schedule', 'install', '--as', 'cron', '--name', 'kept', '--yes', ...failing()]))).toBe(
      'SCHEDULE_EXISTS',
    );
    expect(nodemend(['schedule', 'remove', 'kept'])).toMatchObject({
      exitCode: 0,
      stdout: `Removed: kept\n  crontab\n  ${state('kept')}\n`,
    });
    expect(crontabText().toString('latin1')).toBe(`${crontabBefore.toString('latin1')}\n`);
    expect(existsSync(state('kept'))).toBe(false);
  });

  test('what somebody edited is told, and left alone until its edits are given up; without a cron it is never ready', async () => {
    writeSpool(Buffer.from('# mine\n'));
    nodemend(['schedule', 'install', '--as', 'cron', '--name', 'edited', '--yes', ...failing()]);
    root.run("CRONTAB_NOHEADER=N crontab -l | sed -e 1,3d -e 's/^17 /18 /' | crontab -");
    const idle = nodemend(['schedule', 'status', 'edited']);
    expect(idle.stdout).toMatch(/^edited +cron +stopped /m);
    expect(idle.stdout.replaceAll(/\s+/g, ' ')).toContain('edited: no cron daemon runs on this machine');
    expect(idle.exitCode).toBe(3);
    const cron = startCron();
    await expect.poll(() => nodemend(['schedule', 'status', 'edited']).exitCode, { timeout: 20_000 }).toBe(4);
    expect(nodemend(['schedule', 'status', 'edited']).stdout).toMatch(/^edited +cron +edited /m);
    cron.kill();
    const refused = nodemend(['schedule', 'remove', 'edited']);
    expect(codeOf(refused)).toBe('SCHEDULE_EDITED');
    expect(refused.exitCode).toBe(8);
    expect(crontabText().toString()).toContain('18 * * * *');
    expect(nodemend(['schedule', 'remove', 'edited', '--discard-edits']).exitCode).toBe(0);
    expect(crontabText().toString()).toBe('# mine\n');
  });

  test('one that was not there is gone again, and a line that somebody took out themselves is told', () => {
    root.run('crontab -r || true');
    expect(nodemend(['schedule', 'install', '--as', 'cron', '--name', 'first', '--yes', ...failing()]).exitCode).toBe(
      0,
    );
    expect(nodemend(['schedule', 'remove', 'first']).exitCode).toBe(0);
    expect(root.run('crontab -l 2>&1 || true')).toBe('no crontab for root\n');

    nodemend(['schedule', 'install', '--as', 'cron', '--name', 'lost', '--yes', ...failing()]);
    root.run('crontab -r');
    const status = nodemend(['schedule', 'status']);
    expect(status.stdout).toContain('lost: crontab no longer exists, so it does not run.');
    expect(status.exitCode).toBe(3);
    expect(nodemend(['schedule', 'remove', 'lost']).exitCode).toBe(0);
  });

  test('crontab’s own refusal is told, and what cannot be installed leaves nothing', () => {
    root.run('echo root >/etc/cron.deny; useradd --create-home guest; echo guest >>/etc/cron.deny');
    // A checkout of root's often lies in /root, where a guest cannot go.
    root.run('cd "$1"; while [ "$PWD" != / ]; do chmod a+rx .; cd ..; done', import.meta.dirname);
    const [program = '', ...enter] = root.enter;
    const guest = spawnSync(
      program,
      [
        ...enter,
        'setpriv',
        '--reuid=guest',
        '--regid=guest',
        '--clear-groups',
        process.execPath,
        ...nodemendArguments('schedule', 'install', '--as', 'cron', '--name', 'denied', '--yes', '--', 'diagnose'),
      ],
      { encoding: 'utf8', cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/home/guest' } },
    );
    root.run('rm /etc/cron.deny');
    expect(codeOf(guest)).toBe('CRONTAB_FAILED');
    expect(guest.status).toBe(2);
    expect(root.run('find /home/guest/.local/state/nodemend/schedules -mindepth 1 ! -name crontab.before')).toBe('');
  });

  test('a crontab that is not what was written is told, with where the old one is', () => {
    // No real crontab loses an edit; this fake does, as if somebody else wrote at the same moment.
    mkdirSync(file('bin'), { recursive: true });
    writeFileSync(file('bin/crontab'), '#!/bin/sh\ncase $1 in -l) echo "# theirs" ;; *) cat >/dev/null ;; esac\n', {
      mode: 0o755,
    });
    const result = nodemend(['schedule', 'install', '--as', 'cron', '--name', 'raced', '--yes', ...failing()], {
      PATH: `${file('bin')}:${process.env['PATH']}`,
    });
    expect(codeOf(result)).toBe('CRONTAB_NOT_KEPT');
    expect(result.exitCode).toBe(8);
    expect(result.stderr.replaceAll(/\s+/g, '')).toContain(state('crontab.before'));
    expect(readFileSync(state('crontab.before'), 'utf8')).toBe('# theirs\n');
    expect(existsSync(state('raced'))).toBe(false);
  });
});

describe('systemd', () => {
  test('its own judge has nothing to say against the units; without systemd nothing is left', () => {
    const result = nodemend([
      'schedule',
      'install',
      '--as',
      'systemd',
      '--name',
      'timed',
      '--every',
      'sunday',
      '--yes',
      ...failing(),
    ]);
    expect(codeOf(result)).toBe('SYSTEMCTL_FAILED');
    // Not what systemd-analyze says of the units: that is asked first.
    expect(result.stderr).toContain('systemctl daemon-reload');
    expect(root.run('ls /etc/systemd/system')).not.toContain('nodemend');
    expect(existsSync(state('timed'))).toBe(false);
  });

  test('a calendar is what systemd takes it for', () => {
    expect(root.run("systemd-analyze calendar 'Sun *-*-* 03:17:00' '*-*-* *:05:00' | grep -c 'Normalized form'")).toBe(
      '2\n',
    );
  });
});

describe('a run by the real cron', () => {
  let cron: ChildProcess | undefined;
  afterAll(() => cron?.kill());

  test('at its minute, once: told in the log, to --on-failure and by status', async () => {
    // Two minutes ahead when the next one is too near.
    const at = new Date(Date.now() + (new Date().getSeconds() > 52 ? 120_000 : 60_000)).getMinutes();
    const minute = `:${String(at).padStart(2, '0')}`;
    expect(
      nodemend([
        'schedule',
        'install',
        '--as',
        'cron.d',
        '--name',
        'night',
        '--every',
        'hour',
        '--at',
        minute,
        '--on-failure',
        `${file('tell.sh')} ops`,
        '--yes',
        ...failing(),
      ]),
    ).toMatchObject({ exitCode: 0 });
    expect(root.run('cat /etc/cron.d/nodemend-night')).toMatch(/^\d+ \* \* \* \* root \/\S+/m);
    cron = startCron();
    await expect.poll(() => existsSync(file('told')), { timeout: 110_000, interval: 200 }).toBe(true);
    await expect
      .poll(() => readFileSync(join(state('night'), 'last-run.json'), 'utf8'), { timeout: 10_000 })
      .toContain('"called"');
    expect(JSON.parse(readFileSync(join(state('night'), 'last-run.json'), 'utf8'))).toMatchObject({
      schedule: 'night',
      exitCode: 5,
      verdict: 'incomplete',
      onFailure: 'called',
    });
    const [line, json = ''] = readFileSync(file('told'), 'utf8').split('\n');
    expect(line).toBe('night 5 ops');
    expect((JSON.parse(json) as { readonly output: string }).output).toContain('nobody');
    expect(readFileSync(join(state('night'), 'runs.log'), 'utf8')).toMatch(
      /^\S+Z nodemend schedule=night verdict=incomplete exit=5 run=- seconds=\d+ on-failure=called$/m,
    );

    const again = nodemend(['schedule', 'run', join(state('night'), 'schedule.json'), '--if-due']);
    expect(again).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    // As if the machine had been off since: the next look makes up for it.
    const kept = JSON.parse(readFileSync(join(state('night'), 'last-run.json'), 'utf8')) as object;
    writeFileSync(
      join(state('night'), 'last-run.json'),
      JSON.stringify({ ...kept, startedAt: new Date(Date.now() - 3 * 3_600_000).toISOString() }),
    );
    expect(nodemend(['schedule', 'run', join(state('night'), 'schedule.json'), '--if-due'])).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: '',
    });
    expect(readFileSync(join(state('night'), 'runs.log'), 'utf8').match(/verdict=incomplete/g)).toHaveLength(2);
    // By hand it says what it did, and how that ended.
    const byHand = nodemend(['schedule', 'run', 'night']);
    expect(byHand.exitCode).toBe(5);
    expect(byHand.stdout).toContain('nobody');
    expect(byHand.stdout).toMatch(/^nodemend schedule=night verdict=incomplete exit=5 run=- /m);
    expect(readFileSync(join(state('night'), 'runs.log'), 'utf8').match(/verdict=incomplete/g)).toHaveLength(3);
    expect(nodemend(['schedule', 'status', 'night', '-o', 'json'])).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining('"verdict": "incomplete"') as unknown,
    });
    expect(nodemend(['schedule', 'remove', 'night']).exitCode).toBe(0);
    expect(root.run('ls /etc/cron.d')).not.toContain('nodemend');
  }, 150_000);

  test('a table that already exists is nobody’s to write over', () => {
    root.run('echo "# theirs" >/etc/cron.d/nodemend-taken');
    expect(codeOf(nodemend(['schedule', 'install', '--as', 'cron.d', '--name', 'taken', '--yes', ...failing()]))).toBe(
      'SCHEDULE_EXISTS',
    );
    expect(root.run('cat /etc/cron.d/nodemend-taken')).toBe('# theirs\n');
    expect(existsSync(state('taken'))).toBe(false);
  });

  test('without a folder for tables nothing is installed', () => {
    root.run('mv /etc/cron.d /etc/cron.off');
    expect(
      codeOf(nodemend(['schedule', 'install', '--as', 'cron.d', '--name', 'nowhere', '--yes', ...failing()])),
    ).toBe('SCHEDULE_NOT_WRITTEN');
    expect(existsSync(state('nowhere'))).toBe(false);
    root.run('mv /etc/cron.off /etc/cron.d');
  });
});

describe('a scheduled command, and what runs it', () => {
  let server: SilentServer;
  beforeAll(async () => {
    server = await startSilentServer();
    expect(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]).status).toBe(0);
    const access = ['--via', 'ssh', '--port', String(server.port), '--identity', file('key')];
    const words = ['--', 'diagnose', '--hosts', file('hosts'), ...access];
    expect(nodemend(['schedule', 'install', '--as', 'cron', '--name', 'along', '--yes', ...words]).exitCode).toBe(0);
  });
  afterAll(() => server?.close());

  /** Processes whose words hold all of these, and are nodemend itself. */
  function pidsOf(...words: readonly string[]): readonly number[] {
    return readdirSync('/proc').flatMap((pid) => {
      const line = /^\d+$/u.test(pid) ? commandLineOf(pid) : [];
      return line[0] === process.execPath && words.every((word) => line.includes(word)) ? [Number(pid)] : [];
    });
  }

  function commandLineOf(pid: string): readonly string[] {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    } catch {
      return []; // it ended meanwhile
    }
  }

  test.each([
    ['is killed', ['SIGKILL']],
    ['is asked to stop', ['SIGTERM']],
    ['is told twice', ['SIGINT', 'SIGINT']],
  ] as const)('%s: the command does not go on alone', async (_what, signals) => {
    const [program = '', ...enter] = root.enter;
    const run = ['schedule', 'run', join(state('along'), 'schedule.json')];
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' };
    const started = spawn(program, [...enter, process.execPath, ...nodemendArguments(...run)], {
      env,
      stdio: 'ignore',
    });
    await expect.poll(() => server.connections(), { timeout: 20_000 }).toBeGreaterThan(0);
    const [parent = 0] = pidsOf(...run);
    const [child = 0] = pidsOf('diagnose', file('hosts'));
    expect([parent, child]).not.toContain(0);

    for (const signal of signals) process.kill(parent, signal);

    await expect.poll(() => server.connections(), { timeout: 10_000 }).toBe(0);
    await expect.poll(() => pidsOf('diagnose', file('hosts')), { timeout: 10_000 }).toEqual([]);
    started.kill();
  });
});
