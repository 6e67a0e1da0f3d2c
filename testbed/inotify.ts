import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { nodeCount, type TestbedSize } from './testbed-plan.ts';

/** inotify(7) instances of root: the kernel has one limit for each user, whatever the namespace, and 128 is its default. */
export interface InotifyInstances {
  readonly limit: number;
  readonly used: number;
}

/** Counted, of root: systemd 4, kubelet 5 or 6, containerd 1 or 2, logind 1; kube-apiserver 3, controller manager 1. */
const ofNode = 12;
const ofControlPlane = 4;

/**
 * Without a free instance containerd starts and serves no kubelet ("failed to create fsnotify watcher: too many open files").
 * @throws Error when a testbed of this size would need more than are free
 */
export function checkInotify(size: TestbedSize, { limit, used }: InotifyInstances): void {
  const needed = nodeCount(size) * ofNode + ofControlPlane;
  if (used + needed <= limit) return;
  throw new Error(
    `A testbed with ${nodeCount(size)} nodes needs ${needed} inotify instances, and ${Math.max(limit - used, 0)} of root's ${limit} are free\n` +
      `  next: sysctl fs.inotify.max_user_instances=${Math.max(1024, 2 * (used + needed))} on the machine, end another testbed, or start fewer nodes`,
  );
}

export function inotifyInstances(): InotifyInstances {
  const limit = Number(readFileSync('/proc/sys/fs/inotify/max_user_instances', 'utf8'));
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOfRoot(name));
  return { limit, used: pids.reduce((sum, pid) => sum + inotifyOf(pid), 0) };
}

/** How many a process has open. */
export function inotifyOf(pid: string): number {
  return linksIn(`/proc/${pid}/fd`).filter((target) => target === 'anon_inode:inotify').length;
}

function isOfRoot(pid: string): boolean {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === 0;
}

function linksIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return '';
      }
    });
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
