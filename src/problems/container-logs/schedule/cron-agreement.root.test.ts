import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../../test/private-root.ts';
import recorded from '../../../cron/fixtures/cronie.json' with { type: 'json' };
import { tables } from '../../../cron/testing/tables.ts';
import { shells, startProbe, textOf } from '../../../evidence/probe/testing/run-probe.ts';
import { notStarted, scheduledTables } from './cron-tables.ts';
import { scheduler, parseScheduler, type Scheduler } from './scheduler.ts';

const cases = Object.keys(tables);
const pathOf = (name: string): string => `/etc/cron.d/t${cases.indexOf(name)}`;
const rotate = '/usr/sbin/logrotate /etc/rotate.conf';

/** Files, by name and mode; cron skips some of them; each starts logrotate. */
const files: readonly (readonly [path: string, prepare: string])[] = [
  ['/etc/cron.d/plain', 'chmod 0644 "$1"'],
  ['/etc/cron.d/group', 'chmod 0664 "$1"'],
  ['/etc/cron.d/others', 'chmod 0646 "$1"'],
  ['/etc/cron.d/program', 'chmod 0755 "$1"'],
  ['/etc/cron.d/closed', 'chmod 0600 "$1"'],
  ['/etc/cron.d/nobodys', 'chown 65534 "$1"'],
  ['/etc/cron.d/linked', 'mv "$1" /srv/linked && ln -s /srv/linked "$1"'],
  ['/etc/cron.d/twice', 'ln "$1" /srv/twice'],
  ['/etc/cron.d/with.dot', ':'],
  ['/etc/cron.d/unended', 'printf "# end\\n0 3 * * * root true" >>"$1"'],
  ['/etc/cron.d/open-comment', 'printf "# the end" >>"$1"'],
  ['/etc/cron.d/open-setting', 'printf "A=b" >>"$1"'],
];

let root: PrivateRoot;
let seen: Scheduler;

/** A mark for each table that cron took as a whole; it runs `@reboot` as soon as it has read it. */
function marks(): ReadonlySet<string> {
  const found = root.run(`
    rm -rf /run/ran /run/crond.reboot /run/crond.pid; mkdir /run/ran
    cron -f & daemon=$!
    for _ in $(seq 100); do
      before=$(ls /run/ran | wc -l); sleep 0.3
      [ "$before" -eq 0 ] || [ "$before" -ne "$(ls /run/ran | wc -l)" ] || break
    done
    kill "$daemon"; ls /run/ran`);
  return new Set(found.trim().split('\n'));
}

async function look(shell: readonly string[]): Promise<Scheduler> {
  const run = await startProbe(root.enter, shell, [scheduler], 30).done;
  const found = parseScheduler({ text: textOf(run, scheduler.key), truncated: false });
  if (found === undefined || found === 'no-docker') throw new Error('no schedule');
  return found;
}

const under = (daemon: 'cron' | 'crond', also: Partial<Scheduler> = {}): Scheduler => ({
  ...seen,
  ...also,
  processes: new Set([daemon]),
});

let ran: ReadonlySet<string>;
beforeAll(async () => {
  root = await createPrivateRoot();
  const folder = join(root.shared, 'tables');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(tables))
    writeFileSync(
      join(folder, `t${cases.indexOf(name)}`),
      `${text}@reboot root touch /run/ran/t${cases.indexOf(name)}\n`,
    );
  root.run(
    `mkdir -p /var/lib/docker/containers; rm -rf /etc/cron.d /etc/crontab /var/spool/cron /run/systemd; mkdir -p /etc/cron.d /var/spool/cron/crontabs
     printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534:nobody:/:/bin/sh\\n' >/etc/passwd
     cp "$1"/* /etc/cron.d/; chmod 0644 /etc/cron.d/*`,
    folder,
  );
  for (const [path, prepare] of files)
    root.run(
      `printf '0 3 * * * root %s\\n@reboot root touch "/run/ran/%s"\\n' "$2" "\${1##*/}" >"$1"; ${prepare}`,
      path,
      rotate,
    );
  seen = await look(['dash']);
  ran = marks();
}, 60_000);
afterAll(() => root.close());

describe('Debian’s cron takes a table as a whole, or not at all', () => {
  const isTaken = (path: string): boolean => scheduledTables(under('cron')).some((table) => table.path === path);

  test.each(cases)('%s', (name) => {
    expect(isTaken(pathOf(name))).toBe(ran.has(`t${cases.indexOf(name)}`));
  });

  test.each(files)('%s (%s)', (path) => {
    expect(isTaken(path)).toBe(ran.has(path.slice(path.lastIndexOf('/') + 1)));
  });

  test('and both kinds are among these', () => {
    expect(ran.size).toBeGreaterThan(20);
    expect(cases.length + files.length - ran.size).toBeGreaterThan(20);
  });
});

describe('cronie takes line by line', () => {
  test.each(cases)('%s', (name) => {
    const jobs = scheduledTables(under('crond')).find(({ path }) => path === pathOf(name))?.jobs ?? [];
    const isTaken = jobs.some(({ logrotate }) => logrotate);
    const entries = (recorded.entries as Readonly<Record<string, readonly number[]>>)[name] ?? [];
    // A range that runs backwards is refused by older releases, and holds no time in newer ones.
    expect(isTaken).toBe((entries.at(-1) ?? 0) > 0);
  });
});

test('every shell of the probe sees the same', async () => {
  for (const shell of shells)
    expect(await look(shell)).toEqual({
      ...seen,
      now: expect.anything() as number,
      uptime: expect.anything() as number,
    });
}, 60_000);

test.each([
  ['0 3 * * * root logrotate /etc/rotate.conf', 'not-found'],
  ['PATH=/usr/sbin:/usr/bin:/bin\n0 3 * * * root logrotate /etc/rotate.conf', undefined],
  [`0 3 * * * nobody ${rotate}`, 'other-account'],
  [`0 3 31 2 * root ${rotate}`, 'never'],
  ['0 3 * * * root /usr/sbin/logrotate -d /etc/rotate.conf', 'debug'],
])('%s: %s', async (line, why) => {
  root.run('rm -rf /etc/cron.d/*; printf "%s\\n" "$1" >/etc/cron.d/one', line);

  expect(notStarted({ ...(await look(['dash'])), processes: new Set(['cron']) })?.why).toBe(why);
});

test('cron finds logrotate, or not, as is said', () => {
  root.run(`rm -rf /etc/cron.d/*; printf '@reboot root logrotate --version && touch /run/ran/bare\\n@reboot root touch /run/ran/any\\n' >/etc/cron.d/one
    printf 'PATH=/usr/sbin:/bin:/usr/bin\\n@reboot root logrotate --version && touch /run/ran/path\\n' >/etc/cron.d/two
    printf '@reboot root touch /run/ran/own\\n' >/var/spool/cron/crontabs/root; chmod 0600 /var/spool/cron/crontabs/root`);

  expect([...marks()].toSorted()).toEqual(['any', 'path']);
});
