import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a test run must leave as it was: path → content hash, mode and owner, or the value of a kernel setting. */
export type MachineState = ReadonlyMap<string, string>;

/** Settings of /proc/sys that the kernel itself changes all the time. */
const volatile = /^\/proc\/sys\/(fs\/(aio-nr|dentry-state|file-nr|inode-nr|inode-state)|kernel\/(ns_last_pid|pty\/nr|random\/.*|perf_event_max_sample_rate)|net\/netfilter\/nf_conntrack_count)$/;

/** Reads /etc, every readable value under /proc/sys, and the mount table of this process. */
export function machineState(): MachineState {
  const state = new Map<string, string>();
  for (const path of walk('/etc')) state.set(path, describeFile(path));
  for (const path of walk('/proc/sys')) {
    if (!volatile.test(path)) state.set(path, readSetting(path));
  }
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')) {
    state.set(`mount ${line.split(' ')[4]}`, line);
  }
  return state;
}

/** One line for each difference. */
export function machineChanges(before: MachineState, after: MachineState): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    if (old === undefined) return [`${path} is new`];
    return [now === undefined ? `${path} is gone` : `${path} was changed`];
  });
}

/** Every file below a folder; what this user may not list is left out. */
function walk(folder: string): readonly string[] {
  return (orUnreadable(() => readdirSync(folder, { withFileTypes: true })) ?? []).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function describeFile(path: string): string {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 'gone while it was read';
  const content = status.isSymbolicLink() ? readlinkSync(path) : status.isFile() ? hash(path) : 'special';
  return [content, status.mode.toString(8), status.uid, status.gid].join(' ');
}

function hash(path: string): string {
  const content = orUnreadable(() => readFileSync(path));
  return content === undefined ? 'unreadable' : createHash('sha256').update(content).digest('hex');
}

function readSetting(path: string): string {
  return orUnreadable(() => readFileSync(path, 'utf8')) ?? 'unreadable'; // some can only be written
}

function orUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
