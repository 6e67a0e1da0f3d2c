import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * What no test may change of the machine it runs on, as a flat list: what it is → its value. Two of them, taken before
 * and after, tell by name what a test has changed.
 */
export type MachineState = ReadonlyMap<string, string>;

/** Values under /proc/sys that change by themselves; so do all of fs/quota. */
const liveCounters = new Set([
  'fs/aio-nr',
  'fs/dentry-state',
  'fs/file-nr',
  'fs/inode-nr',
  'fs/inode-state',
  'fs/quota/syncs',
  'kernel/ns_last_pid',
  'kernel/perf_event_max_sample_rate',
  'kernel/pty/nr',
  'kernel/random/entropy_avail',
  'kernel/random/uuid',
  'net/netfilter/nf_conntrack_count',
]);

const clockToleranceSeconds = 5;

export function captureMachine(): MachineState {
  return new Map([
    ...folderEntries('/etc'),
    ...settings('/proc/sys', ''),
    ...modesOf('/dev', (name) => !['pts', 'shm', 'mqueue'].includes(name)),
    ...modesOf('/proc', (name) => !/^(?:\d+|self|thread-self|net|mounts)$/.test(name)),
    ...lines('link', 'ip', ['-o', 'link']),
    ...lines('address', 'ip', ['-o', 'address']),
    ...lines('route', 'ip', ['route', 'show', 'table', 'all']),
    ...lines('netns', 'ip', ['netns']),
    ...lines('iptables', 'iptables-save', []),
    ...lines('nft', 'nft', ['list', 'ruleset']),
    ...mounts(),
    ...loopDevices(),
    ['hostname', hostname()],
    ['clock', clock()],
  ]);
}

/** One line for each difference; empty when the machine is as it was. */
export function machineChanges(before: MachineState, after: MachineState): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => differs(name, before.get(name), after.get(name)))
    .map((name) => `${name}: ${before.get(name) ?? 'not there'} → ${after.get(name) ?? 'gone'}`);
}

/** The clock is read twice, so it never agrees to the millisecond. */
function differs(name: string, before: string | undefined, after: string | undefined): boolean {
  if (name === 'clock') return Math.abs(Number(before) - Number(after)) > clockToleranceSeconds;
  return before !== after;
}

type Entry = readonly [what: string, value: string];

/** Everything below a folder: kind, mode, owners, and what is in it. */
function folderEntries(path: string): readonly Entry[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  const inside = stats.isDirectory() ? namesIn(path).flatMap((name) => folderEntries(join(path, name))) : [];
  return [[path, `${modeOf(stats)} ${readable(() => contentOf(path, stats))}`], ...inside];
}

function contentOf(path: string, stats: Stats): string {
  if (stats.isSymbolicLink()) return readlinkSync(path);
  return stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}

/** What this user may not list it cannot change either. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function modeOf({ mode, uid, gid }: Stats): string {
  return `${mode.toString(8)} ${uid}:${gid}`;
}

function settings(folder: string, below: string): readonly Entry[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly Entry[] => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return settings(path, name);
    return liveCounters.has(name) || name.startsWith('fs/quota/')
      ? []
      : [[path, readable(() => readFileSync(path, 'latin1').trim())]];
  });
}

function readable(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return `unreadable (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`;
  }
}

/**
 * Owners and modes of what lies directly in a folder: device nodes and files of /proc are shared with every namespace.
 */
function modesOf(folder: string, counts: (name: string) => boolean): readonly Entry[] {
  return readdirSync(folder)
    .filter(counts)
    .flatMap((name): readonly Entry[] => {
      const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return stats ? [[join(folder, name), modeOf(stats)]] : [];
    });
}

/** A program's lines, each of them one entry; none when the machine has no such program. */
function lines(what: string, program: string, args: readonly string[]): readonly Entry[] {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return (
    (stdout ?? '')
      .split('\n')
      // Packet counters, and how long an address is still valid, change by themselves.
      .map((line) => line.replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+|\d+sec/g, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [`${what} ${line}`, 'there'])
  );
}

/** Without the numbers that the kernel gives mounts, which say nothing. */
function mounts(): readonly Entry[] {
  const table = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return table.map((line) => {
    const [, , , root, point, ...rest] = line.split(' ');
    return [`mount ${point}`, `${root} ${rest.join(' ')}`];
  });
}

function loopDevices(): readonly Entry[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name): Entry => {
      const backing = `/sys/block/${name}/loop/backing_file`;
      return [name, existsSync(backing) ? readFileSync(backing, 'utf8').trim() : 'unused'];
    });
}

/** When the machine was started by its own clock, in seconds: it moves when somebody sets the clock. */
function clock(): string {
  const upSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return String(Date.now() / 1000 - upSeconds);
}
