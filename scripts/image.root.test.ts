import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root as project, version } from './build/options.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-image-test-'));
const archiveName = `nodemend-${version()}-linux-${process.arch}-image.tar`;
const layout = join(scratch, 'layout');
const rootfs = join(scratch, 'rootfs');

interface ImageConfig {
  readonly architecture: string;
  readonly created: string;
  readonly config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
}

function makeImage(out: string, umask: string): SpawnSyncReturns<string> {
  const command = [
    'umask "$1"; shift; exec sh scripts/with-node.sh scripts/image.ts "$@"',
    'sh',
    umask,
    '--out',
    join(scratch, out),
  ];
  return spawnSync('sh', ['-c', ...command], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
  });
}

const readJson = <T>(...path: readonly string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;
const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));

let made: SpawnSyncReturns<string>;
let manifest: { readonly config: { readonly digest: string }; readonly layers: readonly { readonly digest: string }[] };
let config: ImageConfig;
const [before, mountsBefore] = [machineState(), mounts()];

/** Where buildah keeps things of its own as root. */
function machineState(): readonly boolean[] {
  return ['/var/lib/containers', '/run/containers', '/var/lib/cni/networks', '/run/lock/containers'].map((path) =>
    existsSync(path),
  );
}

function mounts(): string {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes('nodemend-image'))
    .join('\n');
}

beforeAll(() => {
  made = makeImage('out', '022');
  for (const folder of [layout, rootfs]) mkdirSync(folder);
  execFileSync('tar', ['-xf', join(scratch, 'out', archiveName), '-C', layout]);
  const index = readJson<{ readonly manifests: readonly { readonly digest: string }[] }>(layout, 'index.json');
  manifest = readJson(blob(index.manifests[0]!.digest));
  config = readJson(blob(manifest.config.digest));
  for (const { digest } of manifest.layers) execFileSync('tar', ['-xpzf', blob(digest), '-C', rootfs]);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('says its name, its digest and its size', () => {
  const digest = readJson<{ readonly manifests: readonly { readonly digest: string }[] }>(layout, 'index.json')
    .manifests[0]!.digest;
  expect(made.stderr).toBe('');
  const [name, said, file] = made.stdout.trim().split('\n');
  expect([name, said]).toEqual([`localhost/nodemend:${version()}`, digest]);
  expect(file).toMatch(new RegExp(`${archiveName}  \\d+\\.\\d MB$`));
  expect(statSync(join(scratch, 'out', archiveName)).size).toBeLessThan(60e6);
});

test('every blob is what it is named after, and both lists name the same image', () => {
  const folder = join(layout, 'blobs/sha256');
  for (const name of readdirSync(folder))
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ).toBe(name);
  const path = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
  expect(readJson(layout, 'manifest.json')).toEqual([
    {
      Config: path(manifest.config.digest),
      RepoTags: [`localhost/nodemend:${version()}`],
      Layers: manifest.layers.map(({ digest }) => path(digest)),
    },
  ]);
});

test('runs as a user of its own, without a shell in between, and says what it is', () => {
  expect(config.config.User).toBe('65532:65532');
  expect(config.config.Entrypoint).toEqual([
    '/usr/lib/nodemend/node',
    '--max-semi-space-size=16',
    '/usr/lib/nodemend/dist/main.js',
  ]);
  expect(config.config.Labels).toEqual({
    'org.opencontainers.image.title': 'nodemend',
    'org.opencontainers.image.description': readJson<{ readonly description: string }>(project, 'package.json')
      .description,
    'org.opencontainers.image.version': version(),
    'org.opencontainers.image.licenses': 'Apache-2.0',
  });
});

test('belongs to root but for its home; nothing is setuid or for everybody to write but /tmp', () => {
  const entries = readdirSync(rootfs, { recursive: true, encoding: 'utf8' }).map((path) => {
    const { uid, mode } = lstatSync(join(rootfs, path));
    return { path, uid, mode };
  });
  expect(entries.filter(({ uid, path }) => uid !== 0 && !/^home(\/nodemend)?$/.test(path))).toEqual([]);
  expect(
    entries.filter(({ mode, path }) => (mode & 0o6022) !== 0 && (mode & 0o170000) !== 0o120000 && path !== 'tmp'),
  ).toEqual([]);
  expect(lstatSync(join(rootfs, 'tmp')).mode & 0o7777).toBe(0o1777);
  expect(lstatSync(join(rootfs, 'home/nodemend'))).toMatchObject({ uid: 65_532, gid: 65_532 });
});

test('names the Debian packages in it, for scanners, each with its licence', () => {
  const folder = join(rootfs, 'var/lib/dpkg/status.d');
  expect(readdirSync(folder).toSorted()).toEqual(['busybox-static', 'libc6', 'libgcc-s1', 'libstdc++6']);
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(
      new RegExp(`^Package: ${name.replaceAll('+', '\\+')}\nVersion: \\d.*\n`),
    );
    expect(readFileSync(join(rootfs, 'usr/share/doc', name, 'copyright'), 'utf8')).toMatch(/licen[cs]e/i);
  }
  expect(readFileSync(join(rootfs, 'usr/lib/nodemend/LICENSE-node'), 'utf8')).toContain('Node.js');
});

/** As its user, with its files as root and nothing else, in a network without a route. */
function run(program: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return runAs('65532:65532', program, ...args);
}

function runAs(user: string, program: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const enter = ['--net', '--pid', '--fork', '--kill-child', 'chroot', `--userspec=${user}`, rootfs, program, ...args];
  return spawnSync('unshare', enter, {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/home/nodemend', LANG: 'C.UTF-8' },
    timeout: 50_000,
  });
}

test('diagnoses a bundle as its user, as a checkout does', () => {
  const bundle = 'examples/sick-cluster.json';
  copyFileSync(join(project, bundle), join(rootfs, 'tmp/bundle.json'));
  const expected = spawnSync(join(project, 'bin/nodemend'), ['diagnose', '--bundle', bundle], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: '' },
  });

  const ran = run(
    '/usr/lib/nodemend/node',
    '/usr/lib/nodemend/dist/main.js',
    'diagnose',
    '--bundle',
    '/tmp/bundle.json',
  );

  expect(ran.stderr).toBe(expected.stderr);
  expect(ran.stdout).toBe(expected.stdout.replaceAll(bundle, '/tmp/bundle.json'));
  expect(ran.status).toBe(3);
});

test('has nodemend on its PATH, which hands arguments on as they are', () => {
  expect(run('/bin/nodemend', '--version')).toMatchObject({ status: 0, stdout: `${version()}\n`, stderr: '' });
  expect(run('/bin/nodemend', 'explain', '$(id) `id`; id')).toMatchObject({ status: 2, stdout: '' });
  expect(run('/bin/nodemend', 'explain', '$(id) `id`; id').stderr).toContain('$(id) `id`; id');
});

test('runs as any user that a cluster chooses, with no name and no home', () => {
  writeFileSync(join(rootfs, 'tmp/hosts'), '127.0.0.1\n');
  const looked = runAs('4711:4711', '/bin/nodemend', 'diagnose', '--hosts', '/tmp/hosts');
  expect(looked).toMatchObject({ status: 5, stderr: '' });
  expect(looked.stdout).toMatch(/^UNKNOWN +1 of 1 node could not be checked$/m);
  const verified = runAs(
    '4711:4711',
    '/bin/nodemend',
    'verify',
    '20260101-0000-container-logs-beef',
    '--hosts',
    '/tmp/hosts',
  );
  expect(verified).toMatchObject({ status: 5, stderr: '' });
  chmodSync(join(rootfs, 'home/nodemend'), 0o700);
  expect(runAs('4711:4711', '/bin/nodemend', '--version')).toMatchObject({ status: 0, stderr: '' });
  expect(runAs('4711:4711', '/bin/nodemend', 'diagnose', '--hosts', '/tmp/hosts').stderr).toContain(
    'CONFIGURATION_UNREADABLE',
  );
});

test('finds names in /etc/hosts', () => {
  execFileSync('sh', ['-c', 'printf "10.1.2.3 registry.example\\n" > "$1/etc/hosts"', 'sh', rootfs]);
  const ran = run(
    '/usr/lib/nodemend/node',
    '-e',
    'require("dns").lookup("registry.example", (error, found) => console.log(error ?? found))',
  );
  expect(ran.stdout).toBe('10.1.2.3\n');
});

test('has a checksum beside it, and a list of what is in it: the bundle, Node, the packages of Debian', () => {
  const out = join(scratch, 'out');
  expect(execFileSync('sha256sum', ['--check', `${archiveName}.sha256`], { cwd: out, encoding: 'utf8' })).toBe(
    `${archiveName}: OK\n`,
  );
  const { components } = readJson<{ readonly components: readonly { readonly name: string; readonly purl: string }[] }>(
    out,
    `${archiveName}.cdx.json`,
  );
  const debian = components.filter(({ purl }) => purl.startsWith('pkg:deb/debian/'));
  expect(debian.map(({ name }) => name).toSorted()).toEqual(
    readdirSync(join(rootfs, 'var/lib/dpkg/status.d')).toSorted(),
  );
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'ssh2', 'undici']));
});

test('is the same to the byte when it is made again, whatever the umask', () => {
  expect(makeImage('again', '077')).toMatchObject({ status: 0, stderr: '' });
  for (const name of [archiveName, `${archiveName}.cdx.json`, `${archiveName}.sha256`])
    expect(readFileSync(join(scratch, 'again', name)).equals(readFileSync(join(scratch, 'out', name))), name).toBe(
      true,
    );
}, 120_000);

test('has the time that was asked for, and no other', () => {
  expect(config.created).toBe('2023-11-14T22:13:20Z');
  for (const archive of [join(scratch, 'out', archiveName), ...manifest.layers.map(({ digest }) => blob(digest))]) {
    const listing = execFileSync('tar', ['-tvf', archive, '--utc', '--full-time'], { encoding: 'utf8' });
    expect(
      new Set(
        listing
          .trim()
          .split('\n')
          .map((line) => line.split(/ +/).slice(3, 5).join(' ')),
      ),
    ).toEqual(new Set(['2023-11-14 22:13:20']));
  }
});

test('leaves nothing on the machine', () => {
  expect(machineState()).toEqual(before);
  expect(mounts()).toBe(mountsBefore);
});

test('says what is missing, and what brings it', () => {
  const empty = join(scratch, 'empty');
  mkdirSync(empty);
  const links = ['sh', 'unshare', 'strip', 'dpkg-query'].map((name) => [
    'ln',
    '-s',
    execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
    join(empty, name),
  ]);
  for (const [program = '', ...args] of links) execFileSync(program, args);
  const node = process.execPath;
  const ran = spawnSync(
    node,
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      join(project, 'scripts/source-hooks.ts'),
      join(project, 'scripts/image.ts'),
      '--out',
      join(scratch, 'none'),
    ],
    {
      encoding: 'utf8',
      env: { PATH: empty, HOME: scratch },
    },
  );
  expect(ran).toMatchObject({
    status: 1,
    stdout: '',
    stderr:
      'image: missing: buildah, busybox\n  next: apt-get install --no-install-recommends buildah busybox-static\n',
  });
});
