import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { divideSuites } from './divide-suites.ts';
import type { Machine } from './machine.ts';
import { missingNeeds } from './needs.ts';
import type { Suite } from './suite.ts';
import { allSuites, besideEachOther, quickSuites } from './suites.ts';

/** A machine that has everything, as it is told of; what is missing is taken from it. */
const whole: Machine = {
  platform: 'linux',
  uid: 0,
  status: () => 'CapEff:\t000001ffffffffff\n',
  hasProgram: () => true,
  tryKernel: () => undefined,
  tryProgram: () => undefined,
  testbedProblem: () => undefined,
};
const suites = allSuites();
const denied = 'unshare: unshare failed: Operation not permitted';
/** Root of a container that nobody gave more than the usual fourteen capabilities. */
const container: Machine = {
  ...whole,
  status: () => 'CapEff:\t00000000a80425fb\n',
  tryKernel: () => denied,
  testbedProblem: () => 'Root of this machine lacks CAP_SYS_ADMIN, CAP_NET_ADMIN',
};
const user: Machine = {
  ...container,
  uid: 1000,
  status: () => 'CapEff:\t0000000000000000\n',
  tryKernel: () => expect.unreachable('what only root can have is not tried'),
  testbedProblem: () => expect.unreachable('what only root can have is not tried'),
};

const without =
  (...names: readonly string[]) =>
  (name: string) =>
    !names.includes(name);

function notRun(machine: Machine): readonly string[] {
  return divideSuites(suites, machine).notRun;
}

function run(machine: Machine): readonly string[] {
  return divideSuites(suites, machine).runnable.map(({ suite }) => suite.name);
}

/** All but the suites of real programs and of the real cluster, which are named here: another that needs much is noticed. */
const ofAnyUser = suites
  .map(({ name }) => name)
  .filter((name) => !['root', 'programs of the testbed', 'disk of the virtual machine', 'testbed'].includes(name));

/** Their GRUB is fetched from Debian. */
const grubFiles = [
  'src/actions/boot-argument/boot-argument.root.test.ts',
  'src/actions/boot-argument/contract.root.test.ts',
  'src/grub/boot-state.root.test.ts',
];
const grubFilesOfTestbed = ['testbed/boot.testbed.test.ts', 'test/rolling-reboots/rolling-reboots.testbed.test.ts'];
const vmFile = 'testbed/vm/virtual-machine.testbed.test.ts';

describe('what a machine can run of the check', () => {
  it('is everything where nothing is missing', () => {
    expect(divideSuites(suites, whole)).toEqual({
      runnable: suites.map(({ name }) => ({ suite: expect.objectContaining({ name }), without: [] })),
      notRun: [],
    });
  });

  it('is what needs no namespaces in a default container, each other suite with all that is missing', () => {
    const refused = ['namespaces', 'mounts', 'network namespaces', 'user namespaces'].map(
      (what) => `${what} (${denied})`,
    );
    const noTestbed = 'a machine for the testbed (Root of this machine lacks CAP_SYS_ADMIN, CAP_NET_ADMIN)';
    const real = `needs CAP_SYS_ADMIN and CAP_NET_ADMIN; ${refused.join('; ')}`;

    expect(run(container)).toEqual(ofAnyUser);
    expect(notRun(container)).toEqual([
      `root: ${real}`,
      ...['programs of the testbed', 'disk of the virtual machine', 'testbed'].map(
        (name) => `${name}: ${real}; ${noTestbed}`,
      ),
    ]);
  });

  it('runs real programs and the real cluster beside each other where all of both can run', () => {
    const names = besideEachOther(divideSuites(suites, whole).runnable).map(({ suite }) => suite.name);
    expect(names.slice(-3)).toEqual(['programs of the testbed', 'disk of the virtual machine', 'root and testbed']);
    const one = divideSuites(suites, { ...whole, testbedProblem: () => 'no loop devices' }).runnable;
    expect(besideEachOther(one)).toBe(one);
  });

  it('is the same for another user, who lacks root', () => {
    expect(run(user)).toEqual(ofAnyUser);
    expect(notRun(user)).toContain('root: needs root (this is uid 1000)');
  });

  it('is the same on another system, where /proc is not read', () => {
    const mac = { ...user, platform: 'darwin', status: () => expect.unreachable('no /proc here') };

    expect(run(mac)).toEqual(ofAnyUser);
    expect(notRun(mac)).toContain('root: needs Linux (this is darwin)');
  });

  it('leaves out what needs a program that is not there, by the package that brings it', () => {
    const machine = { ...whole, hasProgram: without('shellcheck', 'dockerd', '/usr/lib/cni/bridge') };

    expect(run(machine)).toEqual(ofAnyUser.filter((name) => name !== 'shellcheck'));
    expect(notRun(machine)).toContain('shellcheck: needs programs of the Debian packages shellcheck');
    expect(notRun(machine)).toContain(
      'root: needs programs of the Debian packages shellcheck docker.io containernetworking-plugins',
    );
  });

  it('leaves out single files where all else is there', () => {
    const machine = { ...whole, hasProgram: without('apt-get'), tryProgram: () => 'ENOTFOUND' };
    const { runnable, notRun: left } = divideSuites(suites, machine);

    expect(runnable.find(({ suite }) => suite.name === 'root')?.without).toEqual([
      'scripts/setup/packages.root.test.ts',
      ...grubFiles,
      'scripts/setup/node.root.test.ts',
    ]);
    expect(left).toEqual([
      'disk of the virtual machine: needs programs of the Debian packages apt',
      'root, scripts/setup/packages.root.test.ts: needs programs of the Debian packages apt',
      ...grubFiles.map((path) => `root, ${path}: needs programs of the Debian packages apt`),
      'root, scripts/setup/node.root.test.ts: needs the npm registry (ENOTFOUND)',
      ...grubFilesOfTestbed.map((path) => `testbed, ${path}: needs programs of the Debian packages apt`),
      `testbed, ${vmFile}: needs programs of the Debian packages apt`,
    ]);
  });

  it('leaves out the virtual machine alone where its programs are missing, and they are no matter of any other', () => {
    const machine = { ...whole, hasProgram: without('qemu-system-x86_64', 'sfdisk') };
    const missing = 'needs programs of the Debian packages qemu-system-x86 fdisk';
    const { runnable, notRun: left } = divideSuites(suites, machine);

    expect(left).toEqual([`disk of the virtual machine: ${missing}`, `testbed, ${vmFile}: ${missing}`]);
    expect(existsSync(vmFile)).toBe(true);
    expect(besideEachOther(runnable).at(-1)).toMatchObject({
      suite: { name: 'root and testbed' },
      without: [vmFile],
    });
  });

  it('leaves out the real cluster alone where loop devices or cgroups are missing', () => {
    const machine = { ...whole, testbedProblem: () => 'No cgroups are mounted' };

    expect(run(machine)).toEqual([...ofAnyUser, 'root']);
    expect(notRun(machine)).toEqual([
      'programs of the testbed: needs a machine for the testbed (No cgroups are mounted)',
      'disk of the virtual machine: needs a machine for the testbed (No cgroups are mounted)',
      'testbed: needs a machine for the testbed (No cgroups are mounted)',
    ]);
  });
});

it('npm test needs nothing of the machine', () => {
  expect(quickSuites().flatMap(({ needs }) => needs)).toEqual([]);
});

it('Go may be fetched by pip', () => {
  expect(missingNeeds(['Go'], { ...whole, hasProgram: without('go') })).toEqual([]);
  expect(missingNeeds(['Go'], { ...whole, hasProgram: without('go'), tryProgram: () => 'no pip' })).toEqual([
    'Go, or pip (python3-pip)',
  ]);
});

it('files with needs of their own are there and belong to their suite', () => {
  const files = suites.flatMap(({ name, files: own = [] }: Suite) => own.map(({ path }) => ({ name, path })));

  expect(files.filter(({ path }) => !existsSync(path))).toEqual([]);
  expect(files.filter(({ name, path }) => !path.endsWith(`.${name}.test.ts`))).toEqual([]);
});
