import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labProcesses } from '../lab/lab-processes.ts';
import { isAlive, type ProcessId } from '../lab/processes.ts';
import { processTree } from '../lab/testing/process-tree.ts';
import { captureMachine, machineChanges, type MachineState } from '../test/canary.ts';
import { testbedDown } from './testbed-down.ts';
import { testbedFolder, type TestbedFolder } from './testbed-folder.ts';
import { testbedStatus } from './testbed-status.ts';
import { testbedUp } from './testbed-up.ts';
import { leftovers, machineCgroups, startTestTestbed } from './testing/test-testbed.ts';

let parent: string;
let folder: TestbedFolder;
let before: MachineState;
let cgroups: ReadonlySet<string>;
const name = 'killed';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nodemend-life-'));
  folder = testbedFolder(join(parent, 'testbed'));
  before = captureMachine();
  cgroups = machineCgroups();
});
afterEach(async () => {
  await testbedDown({ name, stateDir: folder.path });
  rmSync(parent, { recursive: true, force: true });
});

function startDriver(): ChildProcess {
  const root = join(import.meta.dirname, '..');
  const args = ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/source-hooks.ts'), join(root, 'testbed/testing/up-driver.ts'), folder.path];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** How far a testbed has come, by what it leaves in its folder. */
const moments: Readonly<Record<string, () => boolean>> = {
  'the plan is written': () => existsSync(folder.plan),
  'etcd runs': () => existsSync(join(folder.path, 'kubeconfig')) || processesNamed('etcd'),
  'a disk is made': () => existsSync(folder.disks) && readdirSync(folder.disks).length > 0,
  'a node has booted': () => existsSync(folder.events) && readFileSync(folder.events, 'utf8') !== '',
};

function processesNamed(comm: string): boolean {
  return labProcesses(folder).flatMap(({ pid }) => processTree(pid)).some(({ pid }) => existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === comm);
}

async function reached(driver: ChildProcess, holds: () => boolean): Promise<void> {
  while (!holds()) {
    if (driver.exitCode !== null) throw new Error('the command ended by itself');
    await sleep(5);
  }
}

function expectNothingLeft(seen: readonly ProcessId[]): void {
  expect(seen.filter(isAlive)).toEqual([]);
  expect(existsSync(folder.path)).toBe(false);
  expect(machineChanges(before, captureMachine())).toEqual([]);
  expect(leftovers(parent, cgroups)).toEqual([]);
}

describe.each(['command', 'daemon'])('SIGKILL of the %s', (victim) => {
  test.each(Object.keys(moments))('when %s: down leaves nothing', async (moment) => {
    const driver = startDriver();
    await reached(driver, moments[moment] ?? (() => true));
    await reached(driver, () => victim === 'command' || labProcesses(folder).length > 0);
    const seen = processTree(driver.pid ?? 0);
    const target = victim === 'command' ? driver.pid : labProcesses(folder).at(-1)?.pid;
    process.kill(target ?? 0, 'SIGKILL');
    if (victim === 'command') await once(driver, 'exit');
    await testbedDown({ name, stateDir: folder.path });
    // A command that lives on takes down by itself what it had begun.
    if (victim === 'daemon' && driver.exitCode === null) await once(driver, 'exit');
    expectNothingLeft(seen);
  });
});

test('aborting ends what was begun and throws the reason', async () => {
  const reason = new Error('Ctrl-C');
  const abort = new AbortController();
  const up = testbedUp({ name, stateDir: folder.path, containerd: 1, docker: 0, report: () => undefined, signal: abort.signal });
  const failed = expect(up).rejects.toBe(reason);
  while (!existsSync(folder.disks) || readdirSync(folder.disks).length === 0) await sleep(5);
  abort.abort(reason);
  await failed;
  expectNothingLeft([]);
});

test('two testbeds side by side do not meet; ending one leaves the other', async () => {
  const [one, two] = await Promise.all([startTestTestbed({ containerd: 1, docker: 0 }, 'one'), startTestTestbed({ containerd: 1, docker: 0 }, 'two')]);
  try {
    const [first, second] = [await one.status(), await two.status()];
    expect(first.plan.slot).not.toBe(second.plan.slot);
    await one.root('containerd-1', 'touch /var/mine');
    await expect(two.root('containerd-1', 'ls /var/mine')).rejects.toThrow('No such file');
    await one.kubectl('create', 'namespace', 'mine');
    expect(await two.kubectl('get', 'namespaces', '-o', 'name')).not.toContain('mine');
    await one.down();
    expect(await two.root('containerd-1', 'hostname')).toBe('containerd-1\n');
    await two.kubectl('wait', '--for=condition=Ready', 'node/containerd-1', '--timeout=30s');
  } finally {
    await Promise.all([one.down(), two.down()]);
  }
  expectNothingLeft([]);
});

test('up twice is refused while the first is up', async () => {
  const options = { name, stateDir: folder.path, containerd: 1, docker: 0, report: () => undefined };
  await testbedUp(options);
  await expect(testbedUp(options)).rejects.toThrow(`The testbed ${name} is up already`);
  expect((await testbedStatus(options)).events.get('containerd-1')?.at(-1)?.event).toBe('booted');
  expect(await testbedDown(options)).toBe(true);
  expect(await testbedDown(options)).toBe(false);
  expectNothingLeft([]);
});
