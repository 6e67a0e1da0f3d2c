import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nodeCount, type TestbedSize } from './testbed-plan.ts';

/**
 * inotify(7) instances of root: the kernel has one limit for each user, whatever the namespace, and 128 is its default.
 */
export interface InotifyInstances {
  readonly limit: number;
  readonly used: number;
}

/** Counted, of root: systemd 4, kubelet 5 or 6, containerd 1 or 2, logind 1; kube-apiserver 3, controller manager 1. */
const ofNode = 12;
const ofControlPlane = 4;

/**
 * Without a free instance containerd starts and serves no kubelet ("failed to create fsnotify watcher: too many open
 * files").
 * @throws Error when a testbed of this size would need more than are free
 */
export function checkInotify(size: TestbedSize, { limit, used }: InotifyInstances): void {
  const needed = nodeCount(size) * ofNode + ofControlPlane;
  if (used + needed <= limit) return;
  throw new Error(
    `A testbed with ${nodeCount(size)} nodes needs ${needed} inotify instances, and ` +
      `${Math.max(limit - used, 0)} of root's ${limit} are free\n` +
      (`  next: sysctl fs.inotify.max_user_instances=${Math.max(1024, 2 * (used + needed))} on the machine, end ` +
        'another testbed, or start fewer nodes'),
  );
}

/** Another folder than /proc, and another user than root, are for tests. */
export function inotifyInstances({ proc = '/proc', uid = 0 } = {}): InotifyInstances {
  const limit = Number(readFileSync(join(proc, 'sys/fs/inotify/max_user_instances'), 'utf8'));
  const processes = readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => join(proc, pid));
  const ofUser = processes.filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === uid);
  const open = ofUser.flatMap((path) => linksIn(join(path, 'fd')));
  return { limit, used: open.filter((target) => target === 'anon_inode:inotify').length };
}

function linksIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
  } catch {
    // The process has ended meanwhile, or closed a file.
    return [];
  }
}
