import { expect, test } from 'vitest';
import { checkTestbedMachine, type TestbedMachine } from './testbed-preflight.ts';

/** Two lines of a machine with cgroup v1, as /proc/self/mountinfo has them; the rest of the controllers beside them. */
const controllers = ['cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids'];
const mountinfo = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:3 - cgroup cgroup rw,cpu,cpuacct',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
  ...controllers.map(
    (name, index) => `${50 + index} 31 0:${60 + index} / /sys/fs/cgroup/${name} rw,relatime - cgroup cgroup rw,${name}`,
  ),
].join('\n');
const good: TestbedMachine = {
  platform: 'linux',
  uid: 0,
  path: '/usr/bin',
  mountinfo,
  status: 'CapEff:\t000001ffffffffff\n',
  controllers: '',
  isThere: () => true,
};
const without =
  (...missing: readonly string[]) =>
  (path: string) =>
    !missing.some((name) => path.endsWith(`/${name}`) || path === name);

const cgroup2 = '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';

test('a machine with cgroup v2 alone passes when it has the controllers', () => {
  expect(() =>
    checkTestbedMachine(
      { ...good, mountinfo: cgroup2, controllers: 'cpuset cpu io memory hugetlb pids rdma misc\n' },
      true,
    ),
  ).not.toThrow();
});

test('a machine that has everything passes, CAP_SYS_RESOURCE or not', () => {
  expect(() => checkTestbedMachine(good, true)).not.toThrow();
  expect(() => checkTestbedMachine({ ...good, status: 'CapEff:\t000001fffeffffff\n' }, true)).not.toThrow();
});

test.each<readonly [string, Partial<TestbedMachine>, RegExp]>([
  ['another system', { platform: 'darwin' }, /this is darwin\n {2}next: run it on a Linux machine/],
  ['no root', { uid: 1000 }, /needs root, this is uid 1000\n {2}next: run it with sudo/],
  [
    'programs and files of packages',
    { isThere: without('etcd', '/usr/lib/cni/bridge') },
    /etcd, \/usr\/lib\/cni\/bridge\n {2}next: apt-get install --no-install-recommends etcd-server containernetworking-plugins$/,
  ],
  ['capabilities', { status: 'CapEff:\t00000000a80425fb\n' }, /lacks CAP_SYS_ADMIN, CAP_NET_ADMIN\n {2}next: /],
  ['loop devices', { isThere: without('/dev/loop-control') }, /loop-control.*\n {2}next: modprobe loop/],
  [
    'controllers of cgroup v2',
    { mountinfo: cgroup2, controllers: 'cpu io pids' },
    /cgroup v2 has no cpuset, memory here\n {2}next: enable them in the cgroup\.subtree_control of the group above, or boot with systemd\.unified_cgroup_hierarchy=0/,
  ],
  ['any cgroups', { mountinfo: '' }, /No cgroups are mounted\n {2}next: /],
  ['one controller', { mountinfo: mountinfo.replaceAll('memory', 'hugetlb') }, /not mounted: memory\n/],
])('what is missing is named with the next step: %s', (_what, machine, words) => {
  expect(() => checkTestbedMachine({ ...good, ...machine }, true)).toThrow(words);
});

test('dockerd is needed for Docker nodes only', () => {
  const machine = { ...good, isThere: without('dockerd') };
  expect(() => checkTestbedMachine(machine, false)).not.toThrow();
  expect(() => checkTestbedMachine(machine, true)).toThrow('docker.io');
});
