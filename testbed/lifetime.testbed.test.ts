import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labProcesses } from '../lab/lab-processes.ts';
import { processTree } from '../lab/testing/process-tree.ts';
import { testbedDown } from './testbed-down.ts';
import { testbedFolder, type TestbedFolder } from './testbed-folder.ts';
import { testbedStatus } from './testbed-status.ts';
import { testbedUp } from './testbed-up.ts';
import { leftovers, lookAtMachine, traceOf, type MachineBefore, type Trace } from './testing/leftovers.ts';
import { startTestTestbed } from './testing/test-testbed.ts';

let parent: string;
let folder: TestbedFolder;
let before: MachineBefore;
const name = 'killed';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nodemend-life-'));
  folder = testbedFolder(join(parent, 'nodemend', 'testbeds', name));
  before = lookAtMachine();
});
afterEach(async () => {
  await testbedDown({ name, stateDir: folder.path });
  rmSync(parent, { recursive: true, force: true });
});

/** The command as people run it, in a process group of its own as a terminal would put it. */
function startCommand(): ChildProcess {
  const root = join(import.meta.dirname, '..');
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    join(root, 'scripts/source-hooks.ts'),
    join(root, 'testbed/testbed.ts'),
  ];
  const size = ['up', '--containerd', '1', '--docker', '0', '--name', name];
  return spawn(process.execPath, [...args, ...size], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: parent },
  });
}

async function ended(command: ChildProcess): Promise<void> {
  if (command.exitCode === null && command.signalCode === null) await once(command, 'exit');
}

/** How far a testbed has come, by what it leaves in its folder. */
const moments: Readonly<Record<string, () => boolean>> = {
  'the plan is written': () => existsSync(folder.plan) && readFileSync(folder.plan, 'utf8') !== '',
  'etcd runs': () => existsSync(join(folder.path, 'kubeconfig')) || processesNamed('etcd'),
  'a disk is made': () => existsSync(folder.disks) && readdirSync(folder.disks).length > 0,
  'a node has booted': () => existsSync(folder.events) && readFileSync(folder.events, 'utf8') !== '',
};

function processesNamed(comm: string): boolean {
  return labProcesses(folder)
    .flatMap(({ pid }) => processTree(pid))
    .some(({ pid }) => existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === comm);
}

async function reached(command: ChildProcess, holds: () => boolean): Promise<void> {
  while (!holds()) {
    if (command.exitCode !== null) throw new Error('the command ended by itself');
    await sleep(5);
  }
}

describe.each(Object.keys(moments))('when %s', (moment) => {
  let command: ChildProcess;
  let trace: Trace;
  beforeEach(async () => {
    command = startCommand();
    await reached(command, moments[moment] ?? (() => true));
    trace = traceOf(folder, [command.pid ?? 0]);
  });

  test('SIGKILL of the command: down leaves nothing', async () => {
    command.kill('SIGKILL');
    await ended(command);
    await testbedDown({ name, stateDir: folder.path });
    expect(leftovers(before, folder, trace)).toEqual([]);
  });

  test('SIGKILL of the daemon: down leaves nothing', async () => {
    await reached(command, () => labProcesses(folder).length > 0);
    trace = traceOf(folder, [command.pid ?? 0]);
    process.kill(labProcesses(folder).at(-1)?.pid ?? 0, 'SIGKILL');
    await testbedDown({ name, stateDir: folder.path });
    // A command that lives on takes down by itself what it had begun.
    await ended(command);
    expect(leftovers(before, folder, trace)).toEqual([]);
  });

  test('Ctrl-C: the command takes down what it began and says so, nothing is left', async () => {
    let said = '';
    command.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    process.kill(-(command.pid ?? 0), 'SIGINT');
    await ended(command);
    expect(command.exitCode).toBe(130);
    expect(said).toContain('testbed: ended by SIGINT');
    expect(leftovers(before, folder, trace)).toEqual([]);
    expect(await testbedDown({ name, stateDir: folder.path })).toBe(false);
  });
});

test('two testbeds side by side do not meet; ending one leaves the other', async () => {
  const [one, two] = await Promise.all([
    startTestTestbed({ containerd: 1, docker: 0 }, 'one'),
    startTestTestbed({ containerd: 1, docker: 0 }, 'two'),
  ]);
  const [first, second] = [await one.status(), await two.status()];
  const traces = [first, second].map((testbed) => [testbed.folder, traceOf(testbed.folder)] as const);
  try {
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
  for (const [place, trace] of traces) expect(leftovers(before, place, trace)).toEqual([]);
});

test('up twice is refused while the first is up; the second down has nothing to do', async () => {
  const options = { name, stateDir: folder.path, containerd: 1, docker: 0, report: () => undefined };
  await testbedUp(options);
  await expect(testbedUp(options)).rejects.toThrow(`The testbed ${name} is up already`);
  expect((await testbedStatus(options)).events.get('containerd-1')?.at(-1)?.event).toBe('booted');
  const trace = traceOf(folder);
  expect(trace.processes.length).toBeGreaterThan(10);
  expect(await testbedDown(options)).toBe(true);
  expect(await testbedDown(options)).toBe(false);
  expect(leftovers(before, folder, trace)).toEqual([]);
});
