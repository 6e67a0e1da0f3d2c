import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { textFiles } from '../test/texts/text-files.ts';

const project = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-package-test-'));
const out = join(scratch, 'out');
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { readonly version: string };
const name = `nodemend-${manifest.version}-linux-${process.arch}`;
const file = join(out, name);
const bundle = 'examples/sick-cluster.json';

function makePackage(...args: string[]): void {
  execFileSync('sh', ['scripts/with-node.sh', 'scripts/package.ts', ...args], { cwd: project });
}

/** A root file system without Node: busybox, and the libraries that Node's loader asks for, less `without`. */
function makeRoot(folder: string, without: (library: string) => boolean): string {
  const root = join(scratch, folder);
  for (const path of ['bin', 'tmp', 'dev', 'var/cache', 'etc', 'root'])
    mkdirSync(join(root, path), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const tool of ['sh', 'id', 'uname', 'tail', 'gzip', 'tar', 'mktemp', 'find', 'mkdir', 'mv', 'rm', 'chmod'])
    symlinkSync('busybox', join(root, 'bin', tool));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  for (const library of librariesOfNode().filter((path) => !without(path))) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
  copyFileSync(file, join(root, 'nodemend'));
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  return root;
}

function librariesOfNode(): readonly string[] {
  const listing = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  return listing.match(/\/\S+/g) ?? [];
}

/** Starts it with that root and in a network namespace that has no route, not even to itself. */
function start(
  root: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  return spawnSync('unshare', ['--net', '--pid', '--fork', '--kill-child', 'chroot', root, '/nodemend', ...args], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...environment },
    timeout: 50_000,
  });
}

function componentsOf(bill: string): readonly string[] {
  const { components } = JSON.parse(readFileSync(bill, 'utf8')) as {
    readonly components: readonly { readonly name: string; readonly version: string }[];
  };
  return components.map((each) => `${each.name} ${each.version}`).toSorted();
}

function pinnedNode(): string {
  const pins = readFileSync(join(project, 'scripts/downloads.txt'), 'utf8');
  return new RegExp(`^node-linux-${process.arch} (\\S+) `, 'm').exec(pins)?.[1] ?? '';
}

beforeAll(() => makePackage('--out', out), 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the one-file nodemend', () => {
  it('matches its checksum, and is the same to the byte when it is made again', () => {
    expect(execFileSync('sha256sum', ['--check', `${name}.sha256`], { cwd: out, encoding: 'utf8' })).toBe(
      `${name}: OK\n`,
    );

    makePackage('--out', join(scratch, 'again'));

    const files = readdirSync(out);
    expect(readdirSync(join(scratch, 'again'))).toEqual(files);
    expect(
      files.filter((each) => !readFileSync(join(out, each)).equals(readFileSync(join(scratch, 'again', each)))),
    ).toEqual([]);
  }, 120_000);

  it('comes with the npm package, each with its checksum and a list of what is in it', () => {
    const packed = `nodemend-${manifest.version}.tgz`;
    const made = [name, packed].flatMap((each) => [each, `${each}.cdx.json`, `${each}.sha256`]);
    const krew = [`${name}.tar.gz`, 'nodemend.krew.yaml'];
    expect(readdirSync(out).toSorted()).toEqual([...made, ...krew].toSorted());
    expect(execFileSync('sha256sum', ['--check', `${packed}.sha256`], { cwd: out, encoding: 'utf8' })).toBe(
      `${packed}: OK\n`,
    );

    const listed = componentsOf(`${file}.cdx.json`);
    expect(listed.filter((part) => !part.startsWith('node '))).toEqual(componentsOf(join(out, `${packed}.cdx.json`)));
    const notices = execFileSync('tar', ['-xzOf', join(out, packed), 'package/dist/THIRD-PARTY-NOTICES.txt'], {
      encoding: 'utf8',
    });
    // What has a licence in it is in the list, and nothing else but Node.
    expect(listed).toEqual(
      [...notices.matchAll(/^-{78}\n\n(\S+ \S+) \(/gm)]
        .map(([, part]) => part)
        .concat(`node ${pinnedNode()}`)
        .toSorted(),
    );
    expect(listed).toEqual(
      expect.arrayContaining([expect.stringMatching(/^ssh2 /), expect.stringMatching(/gitleaks/)]),
    );
    expect(listed.filter((part) => /oxlint|vitest|cyclonedx/.test(part))).toEqual([]);
  });

  it('is a plugin of kubectl, as krew installs it by the manifest, and says so', () => {
    const { metadata, spec } = parse(readFileSync(join(out, 'nodemend.krew.yaml'), 'utf8')) as {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly platforms: readonly { uri: string; sha256: string; bin: string }[] };
    };
    const [platform] = spec.platforms;
    const archive = join(out, platform?.uri.split('/').at(-1) ?? '');
    expect(spec.platforms).toHaveLength(1);
    expect(execFileSync('sha256sum', [archive], { encoding: 'utf8' }).split(' ')[0]).toBe(platform?.sha256);
    const folder = join(scratch, 'krew');
    mkdirSync(join(folder, 'store'), { recursive: true });
    execFileSync('tar', ['-xzf', archive, '-C', join(folder, 'store')]);
    symlinkSync(join('store', platform?.bin ?? ''), join(folder, `kubectl-${metadata.name}`));
    const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, NODEMEND_UNPACK: join(folder, 'unpacked') };
    const help = spawnSync(join(folder, `kubectl-${metadata.name}`), ['diagnose', '--help'], {
      encoding: 'utf8',
      env: environment,
    });
    expect(help.stdout, help.stderr).toContain('Usage: kubectl nodemend diagnose [options]');
    expect(help.stdout).toContain('\n  kubectl nodemend diagnose --via ssh\n');
    const plain = spawnSync(join(folder, 'store/nodemend'), ['--help'], { encoding: 'utf8', env: environment });
    expect(plain.stdout).toContain('Usage: nodemend [options]');
  });

  it('diagnoses a bundle on a root file system without Node, without any network', () => {
    const root = makeRoot('bare', () => false);
    copyFileSync(join(project, bundle), join(root, 'sick-cluster.json'));
    const expected = spawnSync(join(project, 'bin/nodemend'), ['diagnose', '--bundle', bundle], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C', LC_ALL: '' },
    });

    const run = start(root, ['diagnose', '--bundle', '/sick-cluster.json']);

    expect(run.stderr).toBe(expected.stderr);
    expect(run.stdout).toBe(expected.stdout.replaceAll(bundle, '/sick-cluster.json'));
    expect(run.status).toBe(3);
  });

  it('unpacks once, where only root can write', () => {
    const root = makeRoot('once', () => false);
    expect(start(root, ['--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const [app] = readdirSync(join(root, 'var/cache/nodemend'));

    truncateSync(join(root, 'nodemend'), 16_384); // the archive is gone; what was unpacked is used

    expect(app).toMatch(new RegExp(`^app-${manifest.version}-[0-9a-f]{12}$`));
    expect(start(root, ['--version']).stdout).toBe(`${manifest.version}\n`);
  });

  it('runs under every shell that sh may be', () => {
    for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
      const unpack = join(scratch, `unpack-${shell[0]}`);
      const run = spawnSync(shell[0] ?? '', [...shell.slice(1), file, '--version'], {
        encoding: 'utf8',
        env: { ...process.env, NODEMEND_UNPACK: unpack },
      });

      expect(run).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    }
  });

  it('may be started many times at once for the first time', async () => {
    const unpack = join(scratch, 'at once');
    const runs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(file, ['--version'], {
          env: { ...process.env, NODEMEND_UNPACK: unpack },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        return (await child.stdout.toArray()).join('');
      }),
    );

    expect(new Set(runs)).toEqual(new Set([`${manifest.version}\n`]));
    expect(readdirSync(unpack)).toHaveLength(1);
    expect(readdirSync(join(unpack, readdirSync(unpack)[0] ?? '')).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'LICENSE-node',
      'README.ko.md',
      'README.md',
      'SECURITY.md',
      'complete',
      'deploy',
      'dist',
      'docs',
      'examples',
      'node',
      'package.json',
      'src',
    ]);
  });
});

describe('where the one-file nodemend cannot run, it says why and what to do, and leaves nothing behind', () => {
  const fails = (root: string, environment: Readonly<Record<string, string>> = {}): string => {
    const run = start(root, ['--version'], environment);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    const cache = join(root, 'var/cache/nodemend');
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
    return run.stderr;
  };

  it('without libstdc++', () => {
    const root = makeRoot('no-libstdcxx', (library) => library.includes('libstdc++'));

    expect(fails(root)).toBe(
      'nodemend: libstdc++ (libstdc++.so.6), which the Node inside needs, is missing here or too old.\n' +
        '  next: install it: apt-get install libstdc++6, or: dnf install libstdc++\n',
    );
    expect(fails(root, { LANG: 'ko_KR.UTF-8' })).toContain('libstdc++(libstdc++.so.6)가 없거나 너무 오래되었습니다.');
  });

  it('without glibc, as on a system with musl', () => {
    const root = makeRoot('no-glibc', () => true);

    expect(fails(root)).toContain(
      "nodemend: this machine's C library is not glibc 2.28 or newer, which the Node inside needs.\n  next: ",
    );
  });

  it('with an older glibc, by the loader’s words for it', () => {
    // No such library can be had here, so a fake Node says what glibc 2.17's loader prints.
    const root = makeRoot('old-glibc', () => false);
    repack(
      root,
      `#!/bin/sh\necho "node: /lib64/libc.so.6: version \\\`GLIBC_2.28' not found (required by node)" >&2\nexit 1\n`,
    );

    expect(fails(root)).toContain(
      "nodemend: this machine's C library is not glibc 2.28 or newer, which the Node inside needs.\n  next: ",
    );
  });

  it('when it did not arrive whole', () => {
    const root = makeRoot('cut', () => false);
    truncateSync(join(root, 'nodemend'), 20_000_000);

    expect(fails(root)).toContain(
      'nodemend: this file is damaged, or the disk under /var/cache/nodemend is full.\n  next: ',
    );
  });

  it('on another processor', () => {
    // linux32 makes the kernel say that this is a processor of 32 bits.
    const run = spawnSync('linux32', [file, '--version'], {
      encoding: 'utf8',
      env: { ...process.env, NODEMEND_UNPACK: join(scratch, 'none') },
    });

    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(
      new RegExp(
        `^nodemend: this file is for Linux on ${process.arch}, and this is Linux on (i686|armv8l)\\.\n {2}next: `,
      ),
    );
    expect(existsSync(join(scratch, 'none'))).toBe(false);
  });

  it('where it may not write', () => {
    const run = spawnSync(file, ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, NODEMEND_UNPACK: '/proc/nowhere' },
    });

    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('nodemend: cannot unpack into /proc/nowhere\n  next: ');
  });

  it('when somebody else could change what it would run', () => {
    const unpack = join(scratch, 'not-ours');
    spawnSync(file, ['--version'], { env: { ...process.env, NODEMEND_UNPACK: unpack } });
    const [app] = readdirSync(unpack);
    execFileSync('chown', ['65534', join(unpack, app ?? '')]);

    const run = spawnSync(file, ['--version'], { encoding: 'utf8', env: { ...process.env, NODEMEND_UNPACK: unpack } });

    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('does not belong to this user alone');
  });

  it.each([
    ['a folder above belongs to another user', 65_534, 0o755],
    ['everybody may write to a folder above', 0, 0o777],
    ['a group may write to a folder above', 0, 0o775],
  ])('when %s, before and after it was unpacked', (_what, owner, mode) => {
    const above = mkdtempSync(join(scratch, 'above-'));
    const unpack = join(above, 'ours');
    const version = (): SpawnSyncReturns<string> =>
      spawnSync(file, ['--version'], { encoding: 'utf8', env: { ...process.env, LANG: 'C', NODEMEND_UNPACK: unpack } });
    const give = (user: number, group: number, bits: number): void => {
      chownSync(above, user, group);
      chmodSync(above, bits);
    };
    const open = (): void => give(owner, 65_534, mode);

    open();
    expect(version()).toMatchObject({ status: 2, stdout: '' });
    expect(existsSync(unpack)).toBe(false);
    give(0, 0, 0o755);
    expect(version()).toMatchObject({ status: 0 });
    open();
    expect(version()).toMatchObject({ status: 2, stdout: '' });
    expect(version().stderr).toContain(`others than this user could change ${above}, and with it what is run.`);
  });

  it('but runs from a folder like /tmp, and from a home that the own group may write to', () => {
    const root = makeRoot('kim', () => false);
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nkim:x:1234:1234::/home/kim:/bin/sh\n');
    mkdirSync(join(root, 'home/kim'), { recursive: true });
    chownSync(join(root, 'home/kim'), 1234, 1234);
    chmodSync(join(root, 'home/kim'), 0o775);
    chmodSync(join(root, 'tmp'), 0o1777);
    const asKim = (environment: Readonly<Record<string, string>>): SpawnSyncReturns<string> =>
      spawnSync('chroot', ['--userspec=1234:1234', root, '/bin/sh', '-c', 'umask 002; exec /nodemend --version'], {
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/bin', HOME: '/home/kim', ...environment },
      });

    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nkim:x:1234:\n');
    expect(asKim({ NODEMEND_UNPACK: '/tmp' })).toMatchObject({ status: 0, stderr: '' });
    expect(asKim({})).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nkim:x:1234:lee\n');
    expect(asKim({})).toMatchObject({ status: 2 });
  });
});

/** Puts another `node` into the archive behind the header. */
function repack(root: string, node: string): void {
  const stage = mkdtempSync(join(scratch, 'repack-'));
  const whole = readFileSync(file);
  const size = Number(/^size=(\d+)$/m.exec(whole.subarray(0, 16_384).toString('latin1'))?.[1]);
  execFileSync('tar', ['-xzf', '-', '-C', stage], { input: whole.subarray(whole.length - size) });
  writeFileSync(join(stage, 'node'), node);
  const archive = execFileSync('tar', ['-C', stage, '-czf', '-', 'node', 'complete'], { maxBuffer: 2 ** 30 });
  const header = whole
    .subarray(0, whole.length - size)
    .toString('utf8')
    .replace(/^size=\d+$/m, `size=${archive.length}`);
  writeFileSync(join(root, 'nodemend'), Buffer.concat([Buffer.from(header), archive]));
}

describe('the file for the other architecture', () => {
  it('has that architecture’s Node inside', () => {
    const other = process.arch === 'arm64' ? 'x64' : 'arm64';
    makePackage('--arch', other, '--out', join(scratch, 'other-arch'));
    const whole = readFileSync(join(scratch, 'other-arch', `nodemend-${manifest.version}-linux-${other}`));
    const size = Number(/^size=(\d+)$/m.exec(whole.subarray(0, 16_384).toString('latin1'))?.[1]);
    const node = execFileSync('tar', ['-xzOf', '-', 'node'], {
      input: whole.subarray(whole.length - size),
      maxBuffer: 2 ** 30,
    });

    // e_machine of the ELF header: 62 is x86-64, 183 is AArch64.
    expect(node.readUInt16LE(18)).toBe(other === 'arm64' ? 183 : 62);
  }, 180_000);
});

/** What texts name of nodemend's own files, and where documents lead: what of it is not below the folder. */
function missingIn(folder: string): readonly string[] {
  const named = textFiles().flatMap(({ texts }) =>
    [...texts.en.values(), ...texts.ko.values()].flatMap((text) =>
      [...text.matchAll(/(?<![\w/.-])(?:deploy|docs|examples)\/[\w./-]*\w/g)].map(([path]) => path),
    ),
  );
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
  const linked = pages.flatMap((page) =>
    [...readFileSync(join(folder, page), 'utf8').matchAll(/\]\(([^)\s#]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => join(dirname(page), target)),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(linked.length).toBeGreaterThan(100);
  return [...named, ...linked].filter((path) => !existsSync(join(folder, path)));
}

it('the one file holds what its hints and documents name, and says where', () => {
  const unpack = join(scratch, 'named');
  const environment = { ...process.env, LANG: 'C', NODEMEND_UNPACK: unpack };

  const run = spawnSync(file, ['explain', 'weather in Pangyo'], {
    encoding: 'utf8',
    cwd: '/',
    env: { ...environment, COLUMNS: '200' },
  });

  const app = join(unpack, readdirSync(unpack)[0] ?? '');
  expect(missingIn(app)).toEqual([]);
  expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(join(app, 'docs/reference/errors.md'));
});

describe('the npm package', () => {
  const tarball = join(out, `nodemend-${manifest.version}.tgz`);

  it('holds the launcher, the bundle and the documents, and nothing else', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((path) => path.replace('package/', ''));

    expect(files).toEqual(
      expect.arrayContaining([
        'bin/nodemend',
        'dist/main.js',
        'dist/lab-daemon.js',
        'dist/THIRD-PARTY-NOTICES.txt',
        'LICENSE',
        'README.md',
        'README.ko.md',
        'SECURITY.md',
        'CHANGELOG.md',
        'deploy/base/nodemend-read.yaml',
        bundle,
      ]),
    );
    expect(
      files.filter(
        (path) =>
          !/^(bin\/nodemend|src\/problems\/[^/]+\/README(\.ko)?\.md|dist\/.*\.js|dist\/chunks\/words-(en|ko)-[0-9a-f]{8}\.json|dist\/THIRD-PARTY-NOTICES\.txt|deploy\/.*|docs\/.*|examples\/.*|LICENSE|README(\.ko)?\.md|SECURITY\.md|CHANGELOG\.md|package\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it('installs without network and without dependencies, and runs', () => {
    const prefix = join(scratch, 'prefix');
    // A user's: this Node first, as `npm` takes the one it finds, and under an older one it warns (EBADENGINE).
    const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
    const install = spawnSync(
      'npm',
      ['install', '--global', '--prefix', prefix, '--offline', '--cache', join(scratch, 'npm-cache'), tarball],
      { encoding: 'utf8', env: { ...environment, npm_config_loglevel: 'notice' } },
    );
    expect(install.stderr).toBe('');
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['nodemend']);
    expect(missingIn(join(prefix, 'lib/node_modules/nodemend'))).toEqual([]);

    const run = spawnSync(join(prefix, 'bin/nodemend'), ['--version'], {
      encoding: 'utf8',
      cwd: '/',
      env: environment,
    });

    expect(run).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});
