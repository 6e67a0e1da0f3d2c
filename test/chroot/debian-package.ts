import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nodemend', 'debian');

/**
 * A Debian package unpacked into a folder of the cache, named after the archive's hash; nothing of it is installed, and
 * none of its scripts is run. apt knows the hash from the signed lists of the archive. @throws Error without apt, or
 * without the network when the cache has not got it
 */
export function unpackedPackage(name: string): string {
  const folder = known.get(name) ?? unpacked(name);
  known.set(name, folder);
  return folder;
}

const known = new Map<string, string>();

function unpacked(name: string): string {
  const wanted = /^SHA256: ([0-9a-f]{64})$/mu.exec(asked('apt-cache', ['show', '--no-all-versions', name]))?.[1];
  if (wanted === undefined) throw new Error(`apt knows no package ${name}: apt-get update`);
  const folder = join(cache, `${name}-${wanted.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const landing = mkdtempSync(join(cache, '.landing-'));
  try {
    asked('apt-get', ['-qq', 'download', name], landing);
    const [archive = ''] = readdirSync(landing);
    const found = createHash('sha256')
      .update(readFileSync(join(landing, archive)))
      .digest('hex');
    if (found !== wanted) throw new Error(`${archive} is not what apt's lists say: ${found}`);
    asked('dpkg-deb', ['-x', join(landing, archive), join(landing, 'root')]);
    // Another test may have been quicker: whose folder it is does not matter.
    if (!existsSync(folder)) renameSync(join(landing, 'root'), folder);
  } finally {
    rmSync(landing, { recursive: true, force: true });
  }
  return folder;
}

function asked(program: string, args: readonly string[], cwd = '/'): string {
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
