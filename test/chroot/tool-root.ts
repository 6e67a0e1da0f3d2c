import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { rootsFolder } from './roots-folder.ts';

/**
 * The shells that node-side scripts are run under; `busybox` is a root with nothing but busybox in it (and no flock).
 */
export const shells = ['dash', 'bash', 'busybox'] as const;

export type Shell = (typeof shells)[number];

const tools = [
  'cat',
  'chmod',
  'chown',
  'cp',
  'date',
  'df',
  'dirname',
  'basename',
  'head',
  'id',
  'ln',
  'ls',
  'mkdir',
  'mktemp',
  'mv',
  'nice',
  'readlink',
  'rm',
  'rmdir',
  'sha256sum',
  'sleep',
  'sort',
  'stat',
  'sync',
  'tail',
  'touch',
  'tr',
  'true',
  'wc',
  'grep',
  'sed',
  'flock',
];

/** By folder and shell. */
const made = new Map<string, string>();
afterAll(() => {
  for (const root of made.values()) rmSync(root, { recursive: true, force: true });
  made.clear();
});

/** Copies one more program of the machine, with its libraries, into a root. */
export function installTool(root: string, tool: string): void {
  installTools(root, [tool]);
}

/** Copies programs of the machine, with their libraries, into a root. */
export function installTools(root: string, tools: readonly string[]): void {
  if (tools.length === 0) return;
  for (const tool of tools) {
    const target = join(root, 'usr/bin', tool);
    // busybox's is a link to /bin/busybox, and written through it would be the machine's.
    rmSync(target, { force: true });
    copyFileSync(realpathSync(pathOf(tool)), target);
  }
  installLibraries(root, tools.map(pathOf));
}

function pathOf(tool: string): string {
  const path = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => join(folder, tool))
    .find((file) => existsSync(file));
  if (path === undefined) throw new Error(`this test needs ${tool} on the machine`);
  return path;
}

/** Copies the libraries that programs of the machine's architecture load. */
export function installLibraries(root: string, programs: readonly string[]): void {
  for (const library of libraries(programs)) {
    const into = join(root, library);
    if (existsSync(into)) continue;
    mkdirSync(dirname(into), { recursive: true });
    copyFileSync(realpathSync(library), into);
  }
}

/**
 * A folder with real programs and their libraries, to be linked into roots of the same file system; made once a test
 * file. Real coreutils for dash and bash, so that nothing of the machine itself is in reach of a script that runs there.
 */
export function toolRoot(shell: Shell, folder = rootsFolder): string {
  const prefix = join(folder, `nodemend-tools-${shell}-`);
  const known = made.get(prefix);
  if (known !== undefined) return known;
  const root = mkdtempSync(prefix);
  for (const folder of ['usr/bin', 'usr/lib', 'usr/lib64']) mkdirSync(join(root, folder), { recursive: true });
  for (const [name, target] of [
    ['bin', 'usr/bin'],
    ['sbin', 'usr/bin'],
    ['lib', 'usr/lib'],
    ['lib64', 'usr/lib64'],
    ['usr/sbin', 'bin'],
  ] as const) {
    symlinkSync(target, join(root, name));
  }
  if (shell === 'busybox') installBusybox(root);
  else {
    installTools(root, [...tools, 'dash', 'bash']);
    symlinkSync(shell, join(root, 'usr/bin/sh'));
  }
  made.set(prefix, root);
  return root;
}

function installBusybox(root: string): void {
  installTool(root, 'busybox');
  execFileSync('chroot', [root, '/bin/busybox', '--install', '-s', '/bin']);
  // A root is no machine of its own: its init would be the machine's.
  for (const name of ['reboot', 'poweroff', 'halt', 'init']) rmSync(join(root, 'bin', name), { force: true });
}

/**
 * Of programs that ldd was asked of. Once for all of them: one after the other took 0.4 s of a processor for each of a
 * file's roots, together they take 0.2, and a second root none.
 */
const asked = new Map<string, ReadonlySet<string>>();

function libraries(programs: readonly string[]): ReadonlySet<string> {
  const key = programs.join('\n');
  const known = asked.get(key);
  if (known !== undefined) return known;
  // It ends with 1 where one of them is static, and has told of the others.
  const { stdout, error } = spawnSync('ldd', programs, { encoding: 'utf8' });
  if (error) throw error;
  const found = new Set([...stdout.matchAll(/(\/\S+) \(0x/gu)].map((match) => match[1] ?? ''));
  asked.set(key, found);
  return found;
}
