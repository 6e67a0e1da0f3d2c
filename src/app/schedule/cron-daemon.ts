import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As Debian, Red Hat, Alpine's busybox and fcron call it. */
const names: ReadonlySet<string> = new Set(['cron', 'crond', 'fcron']);

/**
 * Whether a cron runs that starts this machine's lines: root's, of this process's own process ids, and so not one in a
 * container or in the hands of another user. `unknown` where the processes of others are hidden (hidepid).
 */
export async function cronDaemon(proc = '/proc'): Promise<'runs' | 'absent' | 'unknown'> {
  const ids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/u.test(name));
  // Where nobody sees the first process, nobody sees root's others.
  if (!ids.includes('1')) return 'unknown';
  const found = await Promise.all(ids.map((id) => isCron(join(proc, id, 'status'))));
  return found.includes(true) ? 'runs' : 'absent';
}

/** By proc(5): a process of a nested namespace has more than one id. */
async function isCron(path: string): Promise<boolean> {
  // One that has ended meanwhile is none.
  const status = await readFile(path, 'utf8').catch(() => '');
  const field = (name: string): readonly string[] =>
    new RegExp(`^${name}:\\t(.*)$`, 'mu').exec(status)?.[1]?.split(/\s+/u) ?? [];
  const [name = ''] = field('Name');
  return names.has(name) && field('Uid').every((id) => id === '0') && field('NSpid').length <= 1;
}
