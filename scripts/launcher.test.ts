import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..');
/** A blank in its name, as a user's folder may have. */
const scratch = mkdtempSync(join(tmpdir(), 'nodemend launcher-'));
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  XDG_CACHE_HOME: join(scratch, 'cache'),
};

/** A small checkout: the real launcher, build and start, with sources that a test may change. */
function checkout(name: string): string {
  const root = join(scratch, name);
  for (const path of ['src/cli/words', 'lab']) mkdirSync(join(root, path), { recursive: true });
  for (const path of [
    'bin/nodemend',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'src/cli/start.ts',
    'src/files/folder-trust.ts',
  ]) {
    cpSync(join(project, path), join(root, path), { recursive: true, filter: (from) => !from.endsWith('.test.ts') });
  }
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  write(
    root,
    'src/cli/main.ts',
    `import { words } from './words/words.ts';\nimport script from './words/said.sh?raw';\n` +
      'export const main = () => console.log(words, script.trim(), ...process.argv.slice(2));\n',
  );
  write(root, 'src/cli/words/words.ts', `export const words = 'first';\n`);
  write(root, 'src/cli/words/said.sh', `echo said\n`);
  return root;
}

function write(root: string, path: string, content: string): void {
  writeFileSync(join(root, path), content);
}

function start(root: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(join(root, 'bin/nodemend'), args, { encoding: 'utf8', env: environment, cwd: tmpdir() });
}

function bundleTime(root: string): number {
  return statSync(join(root, 'dist/main.js')).mtimeMs;
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('bin/nodemend in a checkout', () => {
  let root = '';

  beforeAll(() => {
    root = checkout('check out');
    expect(start(root).stdout).toBe('first echo said\n');
  });

  it('passes its arguments on as they are', () => {
    expect(start(root, 'a b', '--c', '').stdout).toBe('first echo said a b --c \n');
  });

  it('says by which name it was called, where that is kubectl’s', () => {
    symlinkSync('nodemend', join(root, 'bin/kubectl-nodemend'));
    write(root, 'src/cli/words/words.ts', `export const words = process.env['NODEMEND_CALLED_AS'];\n`);
    const plugin = spawnSync(join(root, 'bin/kubectl-nodemend'), { encoding: 'utf8', env: environment });

    expect(plugin.stdout).toBe('kubectl-nodemend echo said\n');
    expect(start(root).stdout).toBe('undefined echo said\n');
    write(root, 'src/cli/words/words.ts', `export const words = 'first';\n`);
    start(root);
  });

  it('does not build again while no source is newer', () => {
    const before = bundleTime(root);

    start(root);

    expect(bundleTime(root)).toBe(before);
  });

  it('builds again after an edit, of a shell script too', () => {
    write(root, 'src/cli/words/words.ts', `export const words = 'second';\n`);
    write(root, 'src/cli/words/said.sh', `echo again\n`);

    expect(start(root).stdout).toBe('second echo again\n');
  });

  it('notices that a file is gone', () => {
    rmSync(join(root, 'src/cli/words/said.sh'));

    const run = start(root);

    expect(run.status).toBe(1);
    expect(run.stderr).toContain('said.sh');
    expect(run.stderr).toContain('the working tree could not be bundled');
    write(root, 'src/cli/words/said.sh', `echo again\n`);
  });

  it('starts ten times at once on a tree that changed', async () => {
    write(root, 'src/cli/words/words.ts', `export const words = 'third';\n`);

    const runs = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const child = spawn(join(root, 'bin/nodemend'), { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
        return (await child.stdout.toArray()).join('');
      }),
    );

    expect(new Set(runs)).toEqual(new Set(['third echo again\n']));
  });

  it('can be called through a link, from any folder', () => {
    symlinkSync(join(root, 'bin/nodemend'), join(scratch, 'link'));
    symlinkSync('link', join(scratch, 'link-to-link'));

    const run = spawnSync(join(scratch, 'link-to-link'), { encoding: 'utf8', env: environment, cwd: '/' });

    expect(run.stdout).toBe('third echo again\n');
  });

  it('says how to set the checkout up when it is not', () => {
    const bare = checkout('bare');
    rmSync(join(bare, 'node_modules'));

    const run = start(bare);

    expect(run.status).toBe(2);
    expect(run.stderr).toBe('nodemend: this checkout is not set up.\n  next: npm run setup (in the checkout)\n');
  });

  it('keeps its compiled code in the user’s cache folder, for nobody else to write', () => {
    const cache = join(scratch, 'cache/nodemend/compile');

    expect(readdirSync(cache)).not.toEqual([]);
    expect(statSync(cache).mode & 0o022).toBe(0);
  });
});

describe('bin/nodemend in an installed package', () => {
  it('runs dist/ as it is, and never builds', () => {
    const root = checkout('built');
    start(root);
    const installed = join(scratch, 'installed');
    for (const path of ['bin', 'dist', 'package.json'])
      cpSync(join(root, path), join(installed, path), { recursive: true });
    const before = bundleTime(installed);
    mkdirSync(join(installed, 'src'));

    expect(start(installed).stdout).toBe('first echo said\n');
    expect(bundleTime(installed)).toBe(before);
  });
});

describe('the bundle', () => {
  it('is the same to the byte for the same sources, wherever they are', () => {
    const [one, two] = [checkout('one'), checkout('two')];
    start(one);
    start(two);

    expect(contents(join(one, 'dist'))).toEqual(contents(join(two, 'dist')));
  });
});

function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  expect(existsSync(join(folder, 'main.js'))).toBe(true);
  return Object.fromEntries(files.toSorted().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
