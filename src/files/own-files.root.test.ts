import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import { journalStore } from '../engine/journal/journal-store.ts';
import { KnownHostsWriter } from '../transport/known-hosts/known-hosts-writer.ts';
import { ControlFolder } from '../transport/system-ssh/control-folder.ts';
import { makeOwnFolder } from './own-path.ts';
import { writeOutput } from './write-output.ts';
import { writeWhole } from './write-whole.ts';

const program = join(import.meta.dirname, '../../bin/nodemend');
const attacker = 64_321;
const file = { mode: 0o600 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-own-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of the attacker's, as a home or a spool is one. */
function theirs(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { mode: 0o755 });
  chownSync(path, attacker, attacker);
  return path;
}

describe('the command, with devices of its own', () => {
  /** Its /dev is a folder in memory; nothing of the machine's own is in reach. */
  function withOwnDevices(script: string): SpawnSyncReturns<string> {
    const devices = [
      'set -e',
      'mount -t tmpfs -o mode=0755 own-dev /dev',
      'mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/full c 1 7; ln -s /proc/self/fd /dev/fd',
      'ln -s /proc/self/fd/1 /dev/stdout; ln -s /proc/self/fd/2 /dev/stderr',
      'set +e',
    ];
    const args = ['--mount', '--', '/bin/sh', '-c', [...devices, script].join('\n'), 'sh', program, folder];
    return spawnSync('unshare', args, { encoding: 'utf8', env: { ...process.env, LANG: 'C' } });
  }

  test('--out /dev/null leaves the null device what it is', () => {
    const { stdout, stderr } = withOwnDevices(
      '"$1" user-script container-logs --out /dev/null; echo "ended $?"; stat -c "%F %t:%T" /dev/null; ls -A /dev',
    );

    expect(stdout, stderr).toBe('ended 0\ncharacter special file 1:3\nfd\nfull\nnull\nstderr\nstdout\n');
  });

  test('--out /dev/full tells that the disk is full', () => {
    const { stdout, stderr } = withOwnDevices(
      '"$1" user-script container-logs --out /dev/full; echo "ended $?"; stat -c "%F %t:%T" /dev/full',
    );

    expect(stdout).toBe('ended 2\ncharacter special file 1:7\n');
    expect(stderr).toContain('no space left on device');
  });

  test.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
    '--out %s is standard output, a pipe or a file',
    (name) => {
      const { stdout, stderr } = withOwnDevices(
        `"$1" user-script container-logs --out ${name} | head -1; stat -c %F /dev/stdout
       "$1" user-script container-logs --out ${name} >"$2/file"; head -1 "$2/file"`,
      );

      expect(stdout, stderr).toBe('#!/bin/sh\nsymbolic link\n#!/bin/sh\n');
    },
  );

  test('--out takes a process substitution', () => {
    const { stdout, stderr } = withOwnDevices(
      `bash -c '"$0" user-script container-logs --out >(head -1 >"$1/taken")' "$1" "$2"; sleep 0.2; cat "$2/taken"`,
    );

    expect(stdout, stderr).toBe('#!/bin/sh\n');
  });
});

describe('what is not an ordinary file', () => {
  test('a pipe is written into', async () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    let read = '';
    reader.stdout.on('data', (chunk: Buffer) => (read += chunk.toString()));
    // Listened for before it can come.
    const closed = once(reader, 'close');
    await writeOutput(pipe, ['one\n', 'two\n'], file);
    await closed;

    expect(read).toBe('one\ntwo\n');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test('a pipe that somebody else left in a folder open to all gets nothing', async () => {
    chmodSync(folder, 0o1777);
    const pipe = join(folder, 'report.json');
    spawnSync('mkfifo', [pipe]);
    chownSync(pipe, attacker, attacker);

    await expect(writeOutput(pipe, ['secret\n'], file)).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
  });

  test('a terminal is written to', () => {
    const script = `${process.execPath} --input-type=module -e "
      import { writeOutput } from '${join(import.meta.dirname, 'write-output.ts')}';
      await writeOutput(process.argv[1], ['shown'], { mode: 0o600 });" "$(tty)"`;
    const { stdout } = spawnSync('script', ['-qec', script, '/dev/null'], { encoding: 'utf8' });

    expect(stdout).toContain('shown');
  });

  test('a disk is never written to', async () => {
    const disk = join(folder, 'disk');
    // Of no driver: opened, it would be ENXIO.
    spawnSync('mknod', [disk, 'b', '240', '77']);

    await expect(writeOutput(disk, ['x'], file)).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('a file of ours', () => {
  test('is never put into a folder that another user owns, at any height', async () => {
    const deep = join(theirs('theirs'), 'sub');
    mkdirSync(deep);

    await expect(writeWhole(join(deep, 'plan.json'), ['x'], file)).rejects.toMatchObject({
      code: 'PATH_UNSAFE',
      exitCode: 2,
      params: { context: 'owner', folder: join(folder, 'theirs'), uid: attacker },
    });
    expect(readdirSync(deep)).toEqual([]);
  });

  test('is put into the folder of the user who called sudo', async () => {
    const home = theirs('home');
    process.env['SUDO_UID'] = String(attacker);
    try {
      await writeWhole(join(home, 'plan.json'), ['x'], file);
    } finally {
      delete process.env['SUDO_UID'];
    }

    expect(readdirSync(home)).toEqual(['plan.json']);
  });

  test('does not go through a link that another user made in a folder open to all', async () => {
    chmodSync(folder, 0o1777);
    mkdirSync(join(folder, 'cron.d'));
    symlinkSync(join(folder, 'cron.d'), join(folder, 'reports'));
    spawnSync('chown', ['-h', String(attacker), join(folder, 'reports')]);

    await expect(writeWhole(join(folder, 'reports/job'), ['x'], file)).rejects.toMatchObject({
      code: 'PATH_UNSAFE',
      params: { context: 'link' },
    });
    expect(readdirSync(join(folder, 'cron.d'))).toEqual([]);
  });

  test.each([
    [0o777, 'anyone'],
    [0o775, 'group'],
  ])('is not put into a folder of mode %o', async (mode, context) => {
    chmodSync(folder, mode);
    chownSync(folder, 0, attacker);

    await expect(writeWhole(join(folder, 'x'), ['x'], file)).rejects.toMatchObject({
      code: 'PATH_UNSAFE',
      params: { context, folder },
    });
  });

  test('is put into /tmp, and replaces what another user left under its name', async () => {
    chmodSync(folder, 0o1777);
    const report = join(folder, 'report.json');
    const shadow = join(folder, 'shadow');
    writeFileSync(report, 'theirs');
    chownSync(report, attacker, attacker);
    await writeWhole(report, ['ours'], file);
    writeFileSync(shadow, 'kept');
    symlinkSync(shadow, join(folder, 'linked'));

    expect(lstatSync(report)).toMatchObject({ uid: 0, mode: 0o100600 });
    await expect(writeWhole(join(folder, 'linked'), ['x'], file)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(readFileSync(shadow, 'utf8')).toBe('kept');
  });
});

describe('what is believed later', () => {
  const run = '20261124-0931-container-logs-7f3a';

  test('a journal is neither written nor read below a folder of another user', async () => {
    const runs = join(theirs('state'), 'nodemend/runs');
    const store = journalStore(runs);

    await expect(store.open(run, 'aa')).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
    expect(existsSync(runs)).toBe(false);
    mkdirSync(runs, { recursive: true });
    writeFileSync(join(runs, `${run}.jsonl`), '');
    await expect(store.read(run)).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
    await expect(store.runs()).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
    // What is not there is nobody's word: a pod may run as any user, with another user's home.
    expect(await store.plan(run)).toBeUndefined();
    writeFileSync(join(runs, `${run}.plan.json`), '{}');
    await expect(store.plan(run)).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
  });

  test('a folder is made closed, and one that was open is closed', () => {
    const open = join(folder, 'open');
    mkdirSync(open, { mode: 0o755 });
    makeOwnFolder(open);
    makeOwnFolder(join(folder, 'a/b'));

    expect([open, join(folder, 'a'), join(folder, 'a/b')].map((path) => lstatSync(path).mode & 0o777)).toEqual([
      0o700, 0o700, 0o700,
    ]);
  });

  test('a host key is not added where another user could replace the file, nor through a link of theirs', async () => {
    const key = { id: 'worker', keyType: 'ssh-ed25519', key: 'AAAA' };
    await expect(new KnownHostsWriter(join(theirs('ssh'), 'known_hosts'), false).add(key)).rejects.toMatchObject({
      code: 'PATH_UNSAFE',
    });

    const passwd = join(folder, 'passwd');
    writeFileSync(passwd, 'root\n');
    chmodSync(folder, 0o1777);
    symlinkSync(passwd, join(folder, 'known_hosts'));
    spawnSync('chown', ['-h', String(attacker), join(folder, 'known_hosts')]);
    await expect(new KnownHostsWriter(join(folder, 'known_hosts'), false).add(key)).rejects.toMatchObject({
      code: 'PATH_UNSAFE',
    });
    expect(readFileSync(passwd, 'utf8')).toBe('root\n');
  });
});

describe('what is run or logged in by', () => {
  test('compiled code is not kept, nor run, below a folder of another user', () => {
    const cache = join(theirs('home'), 'cache');
    mkdirSync(cache);
    const run = spawnSync(program, ['--version'], { env: { ...process.env, XDG_CACHE_HOME: cache } });

    expect(run.status).toBe(0);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('the sockets of logged-in connections are made where nobody can put another in their place', () => {
    const runtime = join(theirs('runtime'), 'user');
    mkdirSync(runtime);
    const sockets = new ControlFolder({ XDG_RUNTIME_DIR: runtime });

    expect(sockets.next()).toMatch(/^\/tmp\/nodemend-/);
    sockets.remove();
    expect(readdirSync(runtime)).toEqual([]);
  });
});

describe('an ordinary user with a umask of 002', () => {
  let root: PrivateRoot;
  beforeAll(async () => {
    root = await createPrivateRoot();
    root.run(
      `useradd --create-home --base-dir "$1" --user-group kim; groupadd team; useradd -M lee
       chmod 0755 "$1"; chmod 0775 "$1/kim"`,
      root.shared,
    );
  });
  afterAll(() => root.close());

  function asKim(script: string): string {
    const inner = 'cd ~ && umask 002 && LANG=C && export LANG && eval "$2"';
    return root.run(
      `runuser -u kim -- sh -c 'HOME=$(getent passwd kim | cut -d: -f6); ${inner}' sh "$1" "$2" 2>&1`,
      program,
      script,
    );
  }

  test('writes into a home that only the own group may write to', () => {
    expect(asKim('"$1" user-script container-logs --out script.sh; stat -c "%U %a" script.sh')).toContain('kim ');
  });

  test('is told when somebody else is in that group', () => {
    root.run('gpasswd -a lee kim');

    expect(asKim('"$1" user-script container-logs --out other.sh; echo "ended $?"')).toMatch(/chmod g-w[\s\S]*ended 2/);
    root.run('gpasswd -d lee kim');
  });

  test('writes into the volume of a pod, which kubelet makes open to all, and nowhere else that is', () => {
    root.run(
      'mkdir /srv/open; chmod 0777 /srv/open; mkdir /srv/volume; mount -t tmpfs -o mode=0777 volume /srv/volume',
    );
    const write = (folder: string): string => `"$1" user-script container-logs --out ${folder}/x 2>&1; echo "ended $?"`;

    expect(asKim(write('/srv/volume'))).toMatch(/PATH_UNSAFE[^]*ended 2/);
    expect(asKim(`export KUBERNETES_SERVICE_HOST=10.0.0.1; ${write('/srv/volume')}`)).toContain('ended 0');
    expect(asKim(`export KUBERNETES_SERVICE_HOST=10.0.0.1; ${write('/srv/open')}`)).toMatch(/PATH_UNSAFE[^]*ended 2/);
  });
});
