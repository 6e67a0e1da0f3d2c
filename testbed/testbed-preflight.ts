import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  hierarchiesOf,
  isUnified,
  neededControllers,
  neededUnifiedControllers,
  type Hierarchy,
} from './node/cgroups.ts';
import { missingCapabilities } from './node/capability.ts';

/** Programs that nodes are made of or made by, and the Debian package that brings each. */
const programs: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  losetup: 'mount',
  perl: 'perl-base',
  reboot: 'systemd-sysv',
  'mkfs.ext4': 'e2fsprogs',
  ip: 'iproute2',
  iptables: 'iptables',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  sudo: 'sudo',
  cron: 'cron',
  logrotate: 'logrotate',
  busybox: 'busybox-static',
  etcd: 'etcd-server',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  skopeo: 'skopeo',
  htpasswd: 'apache2-utils',
  sysctl: 'procps',
};
const dockerPrograms: Readonly<Record<string, string>> = { dockerd: 'docker.io' };
/** Files that packages bring and no PATH finds. */
const files: Readonly<Record<string, string>> = {
  '/lib/systemd/systemd': 'systemd',
  '/lib/systemd/system/dbus.service': 'dbus',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
};

/** What a testbed needs to know of the machine it shall run on. */
export interface TestbedMachine {
  readonly platform: string;
  readonly uid: number;
  readonly path: string;
  /**
   * Texts of /proc/self/mountinfo and /proc/self/status; of cgroup.controllers where cgroup v2 is mounted at
   * /sys/fs/cgroup.
   */
  readonly mountinfo: string;
  readonly status: string;
  readonly controllers: string;
  readonly isThere: (path: string) => boolean;
}

const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * Looks whether a testbed can be started here, before anything is made. @throws Error with what is missing, and what to
 * do
 */
export function checkTestbedMachine(machine: TestbedMachine, docker: boolean): void {
  const problem = testbedProblem(machine, docker);
  if (problem) throw new Error(`${problem[0]}\n  next: ${problem[1]}`);
}

type Problem = readonly [what: string, next: string];

/** The first thing that a testbed needs and this machine does not have. */
export function testbedProblem(machine: TestbedMachine, docker: boolean): Problem | undefined {
  return systemProblem(machine) ?? missingPrograms(machine, docker) ?? kernelProblem(machine);
}

export function thisTestbedMachine(): TestbedMachine {
  const text = (file: string): string => (process.platform === 'linux' ? readFileSync(file, 'utf8') : '');
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    path: process.env['PATH'] ?? '',
    mountinfo: text('/proc/self/mountinfo'),
    status: text('/proc/self/status'),
    controllers: existsSync('/sys/fs/cgroup/cgroup.controllers') ? text('/sys/fs/cgroup/cgroup.controllers') : '',
    isThere: isExecutable,
  };
}

function systemProblem({ platform, uid }: TestbedMachine): Problem | undefined {
  if (platform !== 'linux')
    return [`A testbed is made of Linux namespaces, and this is ${platform}`, 'run it on a Linux machine'];
  if (uid !== 0) return [`A testbed needs root, this is uid ${uid}`, 'run it with sudo'];
  return undefined;
}

function missingPrograms({ path, isThere }: TestbedMachine, docker: boolean): Problem | undefined {
  const wanted = { ...programs, ...(docker ? dockerPrograms : {}) };
  const folders = [...path.split(':'), ...sbin];
  const missing = Object.entries(wanted).filter(
    ([name]) => !folders.some((folder) => isThere(join(folder || '.', name))),
  );
  const absent = Object.entries(files).filter(([file]) => !isThere(file));
  const all = [...missing, ...absent];
  if (all.length === 0) return undefined;
  const packages = [...new Set(all.map(([, name]) => name))].join(' ');
  return [
    `A testbed needs what is not installed: ${all.map(([name]) => name).join(', ')}`,
    `apt-get install --no-install-recommends ${packages}`,
  ];
}

function kernelProblem({ mountinfo, status, controllers, isThere }: TestbedMachine): Problem | undefined {
  const lacking = missingCapabilities(status);
  if (lacking.length > 0)
    return [
      `Root of this machine lacks ${lacking.map((name) => `CAP_${name.toUpperCase()}`).join(', ')}`,
      'inside a container give it full privileges, or use a machine of its own',
    ];
  if (!isThere('/dev/loop-control'))
    return [
      'There is no /dev/loop-control, and a node’s disk is a loop device',
      'modprobe loop, or give the container the machine’s /dev',
    ];
  return cgroupProblem(hierarchiesOf(mountinfo), controllers);
}

const v1Boot = 'systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1';

function cgroupProblem(hierarchies: readonly Hierarchy[], controllers: string): Problem | undefined {
  if (hierarchies.length === 0) return ['No cgroups are mounted', `mount them as systemd does, or boot with ${v1Boot}`];
  if (isUnified(hierarchies)) {
    const missing = neededUnifiedControllers.filter((name) => !controllers.split(/\s+/).includes(name));
    if (missing.length === 0) return undefined;
    return [
      `cgroup v2 has no ${missing.join(', ')} here`,
      `enable them in the cgroup.subtree_control of the group above, or boot with ${v1Boot}`,
    ];
  }
  const here = hierarchies.flatMap(({ options }) => options.split(','));
  const absent = neededControllers.filter((name) => !here.includes(name));
  if (absent.length === 0) return undefined;
  return [`These cgroup v1 controllers are not mounted: ${absent.join(', ')}`, `mount them, or boot with ${v1Boot}`];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, path.startsWith('/dev/') || path.endsWith('.service') ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
