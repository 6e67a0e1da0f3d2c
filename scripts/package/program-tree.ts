import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, version } from '../build/options.ts';
import { writeBundle } from '../build/write-bundle.ts';
import type { Part } from './bill-of-materials.ts';

export type Architecture = 'x64' | 'arm64';

/** What a bill of materials of it lists. */
export interface ProgramTree {
  /** Paths of the bundle's modules. */
  readonly modules: readonly string[];
  readonly beside: readonly Part[];
}

/**
 * Writes into a folder all that runs where there is a C library and no Node: node, dist/, the package.json that makes
 * .js files there modules, and the licences. The same checkout gives the same bytes. Works for an architecture that is
 * not this machine's.
 */
export async function writeProgramTree(arch: Architecture, folder: string): Promise<ProgramTree> {
  mkdirSync(folder, { recursive: true });
  const tarball = execFileSync('sh', ['scripts/setup.sh', 'fetch', `node-linux-${arch}`], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  execFileSync('tar', ['-xzof', tarball, '-C', folder, '--strip-components=2', 'package/bin/node']);
  execFileSync('tar', ['-xzof', tarball, '-C', folder, '--strip-components=1', 'package/LICENSE']);
  renameSync(join(folder, 'LICENSE'), join(folder, 'LICENSE-node'));
  chmodSync(join(folder, 'node'), 0o755);
  if (arch === process.arch) strip(join(folder, 'node'));
  const { modules } = await writeBundle(join(folder, 'dist'), { stamp: new Date(0), maps: false });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'nodemend', version: version(), type: 'module' }));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return { modules, beside: [nodePart(arch)] };
}

/** Node.js as `scripts/downloads.txt` pins it. */
function nodePart(arch: Architecture): Part {
  const pinned = readFileSync(join(root, 'scripts/downloads.txt'), 'utf8');
  const [, version] = new RegExp(`^node-linux-${arch} (\\S+) `, 'm').exec(pinned) ?? [];
  if (version === undefined) throw new Error(`scripts/downloads.txt has no Node for ${arch}`);
  return { name: 'node', version, purl: `pkg:npm/node-linux-${arch}@${version}`, licence: 'MIT' };
}

/** Symbols for a debugger are a fifth of Node. A machine without binutils makes a bigger file. */
function strip(program: string): void {
  try {
    execFileSync('strip', [program], { stdio: 'ignore' });
  } catch {
    console.error('strip is missing; what is made gets bigger');
  }
}
