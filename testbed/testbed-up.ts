import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { ToDaemon } from '../lab/daemon/messages.ts';
import { labProcesses } from '../lab/lab-processes.ts';
import { closeAll, listenForLab, type LabListeners } from '../lab/listeners.ts';
import { lastLines } from '../lab/node-root/run-program.ts';
import type { TestbedFile } from './daemon/run-daemon.ts';
import { testbedDown } from './testbed-down.ts';
import { chosenTestbed, type TestbedChoice, type TestbedFolder } from './testbed-folder.ts';
import { checkTestbedMachine, isExecutable } from './testbed-preflight.ts';
import { planTestbed, type TestbedPlan, type TestbedSize } from './testbed-plan.ts';
import { findPrograms } from './programs.ts';

export interface TestbedUpOptions extends TestbedChoice, TestbedSize {
  readonly report: (line: string) => void;
  /** Of each node's disk, bytes; it takes only what is written. Default 2 GiB. */
  readonly diskBytes?: number;
  /** Aborting takes down what there is, and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Testbed {
  readonly plan: TestbedPlan;
  readonly folder: TestbedFolder;
}

const mostNodes = 40;

/** Starts a testbed and waits until every node is Ready. Whatever goes wrong, nothing is left behind; a killed command leaves what `testbedDown` removes. */
export async function testbedUp(options: TestbedUpOptions): Promise<Testbed> {
  const { name, folder } = chosenTestbed(options);
  const { containerd, docker, report, diskBytes = 2 * 1024 ** 3 } = options;
  const count = containerd + docker;
  if (count < 1 || count > mostNodes) throw new Error(`A testbed has 1 to ${mostNodes} nodes, not ${count}\n  next: try up --containerd 2 --docker 1`);
  checkTestbedMachine(thisMachine(), docker > 0);
  const programs = await findPrograms({ environment: process.env, docker: docker > 0, report });
  await claimFolder(name, folder);
  try {
    // One listener more than nodes: the bastion's.
    const listeners = await listenForLab(count + 1);
    try {
      const plan = planTestbed(name, options, { slot: listeners.slot, apiPort: listeners.apiPort, sshPort: listeners.sshPort });
      await writeFile(folder.plan, JSON.stringify({ plan, programs, diskBytes } satisfies TestbedFile), { mode: 0o600 });
      await bringUp(folder, listeners, options.signal);
      return { plan, folder };
    } finally {
      closeAll([listeners.api, ...listeners.nodes]);
    }
  } catch (error) {
    await testbedDown({ name, stateDir: folder.path });
    options.signal?.throwIfAborted();
    throw error;
  }
}

function thisMachine(): Parameters<typeof checkTestbedMachine>[0] {
  const text = (file: string): string => (process.platform === 'linux' ? readFileSync(file, 'utf8') : '');
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    path: process.env['PATH'] ?? '',
    mountinfo: text('/proc/self/mountinfo'),
    status: text('/proc/self/status'),
    isThere: isExecutable,
  };
}

/** Making the folder is what two commands of the same name race for; what a dead testbed left is cleared away. */
async function claimFolder(name: string, folder: TestbedFolder): Promise<void> {
  const taken = (): Error => new Error(`The testbed ${name} is up already\n  next: use it, end it with down, or start another with --name`);
  if (labProcesses(folder).length > 0) throw taken();
  await testbedDown({ name, stateDir: folder.path });
  await mkdir(dirname(folder.path), { recursive: true, mode: 0o700 });
  await mkdir(folder.path, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? taken() : cause;
  });
  await Promise.all([folder.mounts, folder.logs, folder.disks].map((path) => mkdir(path, { mode: 0o700 })));
}

async function bringUp(folder: TestbedFolder, listeners: LabListeners, signal: AbortSignal | undefined): Promise<void> {
  const daemon = startDaemon(folder);
  const kill = (): void => void daemon.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    signal?.throwIfAborted();
    const ready = outcome(daemon, folder);
    // A daemon that dies closes the channel; the reason is what `ready` says.
    await Promise.race([ready, handOver(daemon, listeners)]);
    await ready;
  } finally {
    signal?.removeEventListener('abort', kill);
    if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
}

/** PID 1 of a new PID namespace, so nothing in it outlives the daemon; its mounts are its own and its network is empty. */
function startDaemon(folder: TestbedFolder): ChildProcess {
  const log = openSync(folder.log, 'a', 0o600);
  const marker = openSync(folder.marker, 'w', 0o600);
  const namespaces = ['--pid', '--mount', '--propagation', 'private', '--net', '--fork', '--kill-child'];
  const sources = ['--disable-warning=ExperimentalWarning', '--import', join(import.meta.dirname, '..', 'scripts', 'source-hooks.ts'), join(import.meta.dirname, 'daemon.ts')];
  try {
    return spawn('unshare', [...namespaces, '--', process.execPath, ...sources, folder.path], { detached: true, cwd: '/', stdio: ['ignore', log, log, 'ipc', marker] });
  } finally {
    closeSync(log);
    closeSync(marker);
  }
}

/** Gives the daemon its listening sockets: it lives in a network of its own and cannot listen on the machine. */
async function handOver(daemon: ChildProcess, listeners: LabListeners): Promise<void> {
  await send(daemon, { kind: 'api-listener' }, listeners.api);
  for (const [index, server] of listeners.nodes.entries()) await send(daemon, { kind: 'node-listener', index }, server);
  await send(daemon, { kind: 'begin' });
}

function send(daemon: ChildProcess, message: ToDaemon, server?: Server): Promise<void> {
  return new Promise((resolve) => {
    // An error means that the daemon is gone, which its end tells better. What was handed over is closed here.
    daemon.send(message, server, () => {
      server?.close();
      resolve();
    });
  });
}

type FromDaemon = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

function outcome(daemon: ChildProcess, folder: TestbedFolder): Promise<void> {
  return new Promise((resolve, reject) => {
    daemon.on('message', (message: FromDaemon) => (message.kind === 'ready' ? resolve() : reject(new Error(message.message))));
    daemon.once('error', reject);
    daemon.once('exit', () => reject(new Error(`the testbed's daemon ended: ${lastWords(folder)}`)));
  });
}

function lastWords({ log }: TestbedFolder): string {
  // unshare of util-linux 2.38 complains so of itself when what it waits for is killed.
  const lines = readFileSync(log, 'utf8').split('\n').filter((line) => !line.startsWith('unshare: sigprocmask'));
  return lastLines(lines.join('\n')) || 'it was killed';
}
