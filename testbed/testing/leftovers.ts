import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { labProcesses } from '../../lab/lab-processes.ts';
import { isAlive, processId, type ProcessId } from '../../lab/processes.ts';
import { processTree } from '../../lab/testing/process-tree.ts';
import { captureMachine, machineChanges, type MachineState } from '../../test/canary.ts';
import type { TestbedFile } from '../daemon/run-daemon.ts';
import { machineHierarchies } from '../node/cgroups.ts';
import type { TestbedFolder } from '../testbed-folder.ts';

/**
 * The machine before a testbed. Testbeds of others may come and go meanwhile: what is theirs by its name is not
 * counted.
 */
export interface MachineBefore {
  readonly state: MachineState;
  readonly files: readonly string[];
  readonly cgroups: readonly string[];
}

/** What there is of a testbed in some moment, by which the kernel knows it. */
export interface Trace {
  readonly processes: readonly ProcessId[];
  /** `net:[4026532281]` */
  readonly namespaces: ReadonlySet<string>;
  /** When, in clock ticks since boot, as `ProcessId` has it. */
  readonly ticks: number;
  readonly id: string | undefined;
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

export function lookAtMachine(): MachineBefore {
  return { state: captureMachine(), files: machineFiles(), cgroups: foreignCgroups() };
}

/**
 * Of a testbed: these processes of it, and everything that descends from them. Without any, those of one that is up.
 */
export function traceOf(folder: TestbedFolder, roots = labProcesses(folder).map(({ pid }) => pid)): Trace {
  const processes = roots.flatMap(processTree);
  const ours = new Set(namespacesOf('self'));
  const namespaces = new Set(
    processes.flatMap((process) => namespacesOf(String(process.pid))).filter((name) => !ours.has(name)),
  );
  const ticks = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * ticksPerSecond;
  const id = existsSync(folder.plan)
    ? (JSON.parse(readFileSync(folder.plan, 'utf8')) as TestbedFile).plan.id
    : undefined;
  return { processes, namespaces, ticks, id };
}

/**
 * What a testbed has left: processes, namespaces, cgroups, its folder, files of the machine, mounts, loop devices,
 * links, firewall rules, settings, the clock. One line each.
 */
export function leftovers(before: MachineBefore, folder: TestbedFolder, trace: Trace): readonly string[] {
  const ownCgroups =
    trace.id === undefined ? [] : cgroupFolders().filter((path) => path.endsWith(`nodemend-testbed-${trace.id}`));
  return [
    ...trace.processes.filter(isAlive).map(({ pid }) => `process ${pid}`),
    ...namespacesLeft(trace).map((name) => `namespace ${name}`),
    ...(existsSync(folder.path) ? [folder.path] : []),
    ...ownCgroups,
    ...foreignCgroups().filter((path) => !before.cgroups.includes(path)),
    ...machineFiles().filter((path) => !before.files.includes(path)),
    ...before.files.filter((path) => !existsSync(path)),
    ...machineChangesOf(before, folder),
  ];
}

/** Without loop devices that are others' or free: `loop-devices.testbed.test.ts` looks at those. */
function machineChangesOf(before: MachineBefore, folder: TestbedFolder): readonly string[] {
  return machineChanges(before.state, captureMachine()).filter(
    (change) => !/^(?:\/dev\/)?loop\d/.test(change) || change.includes(folder.path),
  );
}

/**
 * The kernel gives the number of a namespace that is gone to the next one, so only processes that were there already
 * count.
 */
function namespacesLeft({ namespaces, ticks }: Trace): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const old = pids.filter((pid) => Number(processId(Number(pid))?.startTime ?? Infinity) <= ticks);
  const used = new Set(old.flatMap(namespacesOf));
  return [...namespaces].filter((name) => used.has(name));
}

/** At the top of each hierarchy. */
function cgroupFolders(): readonly string[] {
  return machineHierarchies().flatMap(({ mountPoint }) => namesIn(mountPoint).map((name) => join(mountPoint, name)));
}

/** What systemd, kubelet and the runtimes of a node would make at the top if they saw the machine's hierarchies. */
function foreignCgroups(): readonly string[] {
  return cgroupFolders().filter((path) =>
    /\/(?:init\.scope|[^/]+\.slice|kubepods[^/]*|docker|k8s\.io|system)$/.test(path),
  );
}

/** Other programs of the machine have files there, too. */
const ofNodes = /cni|containerd|docker|etcd|kube|netns|nodemend|pods|runc|sshd|systemd|testbed|grub/;

/** What lies in the folders of the machine where systemd, kubelet, the runtimes and their tools put theirs. */
function machineFiles(): readonly string[] {
  const folders = [
    '/run',
    '/run/netns',
    '/var/lib',
    '/var/lib/cni',
    '/var/lib/containerd',
    '/var/lib/docker',
    '/var/lib/kubelet',
    '/var/log',
    '/opt',
    '/opt/cni',
    '/mnt',
    '/boot',
    '/usr/local/bin',
  ];
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => ofNodes.test(name))
      .map((name) => join(folder, name)),
  );
}

function namespacesOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/ns`).map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
