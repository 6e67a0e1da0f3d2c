import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A mounted cgroup hierarchy. */
export interface Hierarchy {
  readonly mountPoint: string;
  /**
   * As `mount -t cgroup -o` takes them: `memory`, `cpu,cpuacct`, `none,name=systemd`; `unified` for that of cgroup v2.
   */
  readonly options: string;
}

const unified = 'unified';

/**
 * Without these no kubelet starts on cgroup v2 (kubelet's `pkg/kubelet/cm`, `getCgroupV2…` and runc's requirements).
 */
export const neededUnifiedControllers = ['cpu', 'cpuset', 'memory', 'pids', 'io'] as const;

/** Without these no kubelet and no systemd starts on cgroup v1. */
export const neededControllers = [
  'cpu',
  'cpuacct',
  'cpuset',
  'memory',
  'devices',
  'freezer',
  'blkio',
  'pids',
  'name=systemd',
] as const;

/**
 * The machine's cgroup v1 hierarchies with controllers that a node needs, and that of v2 where it is mounted beside
 * them: a node gets a folder of its own there too, or else what is made in it would be made in the machine's. From
 * /proc/self/mountinfo (proc(5)).
 */
export function hierarchiesOf(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split('\n').flatMap((line): readonly Hierarchy[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , superOptions = ''] = after.split(' ');
    const mountPoint = before.split(' ')[4];
    if (mountPoint === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    if (type === 'cgroup2') return [{ mountPoint, options: unified }];
    const controllers = superOptions
      .split(',')
      .filter((option) => neededControllers.some((needed) => needed === option));
    if (controllers.length === 0) return [];
    return [
      { mountPoint, options: controllers.includes('name=systemd') ? 'none,name=systemd' : controllers.join(',') },
    ];
  });
}

export function machineHierarchies(): readonly Hierarchy[] {
  return hierarchiesOf(readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** A machine has cgroup v2 alone, or the hierarchies of v1, beside which that of v2 has no controllers. */
export function isUnified(hierarchies: readonly Hierarchy[]): boolean {
  return hierarchies.every(({ options }) => options === unified);
}

/** The folder that holds all cgroups of a testbed, in each hierarchy. */
function testbedCgroup(id: string): string {
  return `nodemend-testbed-${id}`;
}

/** A node's place among the machine's cgroups. */
export interface NodeCgroups {
  /** Its own folder in every hierarchy: what it will see as the root of its cgroups. */
  readonly folders: readonly string[];
  /**
   * On cgroup v2 the process outside that waits for the node may not stay in it: a group with processes passes no
   * controllers on (cgroups(7)).
   */
  readonly outside: string | undefined;
}

export function makeCgroups(hierarchies: readonly Hierarchy[], id: string, node: string): NodeCgroups {
  const v2 = isUnified(hierarchies);
  const folders = hierarchies.map(({ mountPoint, options }) => {
    const parent = join(mountPoint, testbedCgroup(id));
    mkdirSync(parent, { recursive: true });
    if (options.split(',').includes('cpuset')) shareCpuset(mountPoint, parent);
    if (v2) for (const folder of [mountPoint, parent]) passOn(folder);
    const folder = join(parent, node);
    mkdirSync(folder, { recursive: true });
    return folder;
  });
  const outside = v2 ? folders.map((folder) => join(dirname(folder), 'outside')) : [];
  for (const folder of outside) mkdirSync(folder, { recursive: true });
  return { folders, outside: outside[0] };
}

/**
 * Gives the groups below a folder the controllers of cgroup v2. @throws Error where processes are in the folder itself
 */
function passOn(folder: string): void {
  const file = join(folder, 'cgroup.subtree_control');
  const missing = neededUnifiedControllers.filter((name) => !readFileSync(file, 'utf8').split(/\s/).includes(name));
  if (missing.length === 0) return;
  try {
    writeFileSync(file, missing.map((name) => `+${name}`).join(' '));
  } catch (cause) {
    throw new Error(
      `The cgroup ${folder} does not pass on ${missing.join(', ')}: ${(cause as Error).message}\n` +
        '  next: use a machine, or a container with systemd, where no process is in that group itself',
      { cause },
    );
  }
}

/** A cpuset without processors and memory takes no process. */
function shareCpuset(mountPoint: string, folder: string): void {
  writeFileSync(join(folder, 'cgroup.clone_children'), '1');
  for (const file of ['cpuset.cpus', 'cpuset.mems'])
    writeFileSync(join(folder, file), readFileSync(join(mountPoint, file)));
}

/**
 * Removes folders with everything below them; a process that is just ending may still be in one for a moment.
 * @returns those that could not be removed
 */
export async function removeCgroups(folders: readonly string[], patienceMs = 5000): Promise<readonly string[]> {
  const deadline = Date.now() + patienceMs;
  let left = folders.filter((folder) => !removed(folder));
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(20);
    left = left.filter((folder) => !removed(folder));
  }
  return left;
}

/** What `removeCgroups` has to remove when a testbed goes. */
export function cgroupFoldersOf(id: string): readonly string[] {
  return machineHierarchies().map(({ mountPoint }) => join(mountPoint, testbedCgroup(id)));
}

/** Empties what an earlier start of a node left, as a real boot does. */
export async function emptyCgroups(folders: readonly string[]): Promise<void> {
  await removeCgroups(folders.flatMap(foldersIn));
}

function removed(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const below = foldersIn(folder).map(removed);
  if (below.includes(false)) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch {
    // EBUSY: a process is still in it; or gone meanwhile.
    return !existsSync(folder);
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  } catch {
    return [];
  }
}

/**
 * As boot.sh takes them: `memory` → `memory:memory`, the folder's name and what is mounted there; or `unified` alone.
 * Beside v1 nodes do without v2.
 */
export function hierarchyArguments(hierarchies: readonly Hierarchy[]): readonly string[] {
  if (isUnified(hierarchies)) return [unified];
  return hierarchies
    .filter(({ options }) => options !== unified)
    .map(({ mountPoint, options }) => `${basename(mountPoint)}:${options}`);
}
