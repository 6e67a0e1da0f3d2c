import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bringUpDaemon, startDaemon } from '../lab/daemon/start-daemon.ts';
import { daemonFromSources } from '../lab/daemon-command.ts';
import { labProcesses } from '../lab/lab-processes.ts';
import { closeAll, listenForLab } from '../lab/listeners.ts';
import { lastLines } from '../lab/node-root/run-program.ts';
import type { TestbedFile } from './daemon/run-daemon.ts';
import { grubPackages } from './grub/grub-layer.ts';
import { awaitLogIns } from './log-ins.ts';
import { testbedDown } from './testbed-down.ts';
import { chosenTestbed, type TestbedChoice, type TestbedFolder } from './testbed-folder.ts';
import { checkTestbedMachine, thisTestbedMachine } from './testbed-preflight.ts';
import type { UserScript } from './node/user-script-files.ts';
import { checkInotify, inotifyInstances } from './inotify.ts';
import { loopDevices } from './loop-devices.ts';
import { hostsBesideNodes, nodeCount, planTestbed, type TestbedPlan, type TestbedSize } from './testbed-plan.ts';
import { findPrograms, type ProgramOptions } from './programs.ts';

export interface TestbedUpOptions extends TestbedChoice, TestbedSize {
  readonly report: (line: string) => void;
  /** Of each node's disk, bytes; it takes only what is written. Default 2 GiB. */
  readonly diskBytes?: number;
  /** Docker nodes get no kubelet, and Node objects that the testbed writes itself (`daemon/stand-in-node.ts`). */
  readonly standIn?: boolean;
  /**
   * How long the kubelet of a Docker node may take to register it before the testbed stands in for it, ms. Default two
   * minutes: it is seconds where nothing else runs.
   */
  readonly registrationMs?: number;
  /** What nodes run at their first boot, before their runtime and kubelet start. */
  readonly userScript?: UserScript;
  /**
   * Nodes have Debian's own GRUB and make their configuration with it; default is one that was written by hand in its
   * shape.
   */
  readonly grub?: boolean;
  /** Default: that of the process. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Told when it did not come up, before what there is is taken down: a test keeps the logs. */
  readonly failed?: (folder: TestbedFolder) => void;
  /** Aborting takes down what there is, and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Testbed {
  readonly plan: TestbedPlan;
  readonly folder: TestbedFolder;
}

const mostNodes = 40;

/**
 * Starts a testbed and waits until every node is Ready and has answered a log-in. Whatever goes wrong, nothing is left
 * behind; a killed command leaves what `testbedDown` removes.
 */
export async function testbedUp(options: TestbedUpOptions): Promise<Testbed> {
  const { name, folder } = chosenTestbed(options);
  const {
    docker,
    containerd2 = 0,
    report,
    diskBytes = 2 * 1024 ** 3,
    registrationMs = 120_000,
    environment = process.env,
    userScript,
  } = options;
  const count = nodeCount(options);
  if (count < 1 || count > mostNodes)
    throw new Error(`A testbed has 1 to ${mostNodes} nodes, not ${count}\n  next: try up --containerd 2 --docker 1`);
  checkTestbedMachine(thisTestbedMachine(), docker > 0);
  checkInotify(options, inotifyInstances());
  const wanted = { docker: dockerPrograms(options), containerd2: containerd2 > 0 };
  const programs = await findPrograms({ environment, ...wanted, report, signal: options.signal });
  const grub = packagesOf(options);
  await claimFolder(name, folder);
  try {
    const listeners = await listenForLab(count + hostsBesideNodes);
    try {
      const plan = planTestbed(name, options, {
        slot: listeners.slot,
        apiPort: listeners.apiPort,
        sshPort: listeners.sshPort,
      });
      await writeFile(
        folder.plan,
        JSON.stringify({
          plan,
          programs,
          diskBytes,
          registrationMs,
          loopDevices: loopDevices(),
          userScript,
          grub,
        } satisfies TestbedFile),
        { mode: 0o600 },
      );
      const daemon = startDaemon(daemonFromSources(join(import.meta.dirname, 'daemon.ts')), folder);
      await bringUpDaemon(daemon, listeners, outcome(daemon, folder), options.signal);
      await awaitLogIns(folder, plan, options.signal);
      return { plan, folder };
    } finally {
      closeAll([listeners.api, ...listeners.nodes]);
    }
  } catch (error) {
    options.failed?.(folder);
    await testbedDown({ name, stateDir: folder.path });
    options.signal?.throwIfAborted();
    throw error;
  }
}

function dockerPrograms({ docker, standIn = false }: TestbedUpOptions): ProgramOptions['docker'] {
  if (docker === 0) return 'none';
  return standIn ? 'stand-in' : 'kubelet';
}

function packagesOf({ grub = false }: TestbedUpOptions): TestbedFile['grub'] {
  return grub ? grubPackages() : undefined;
}

/** Making the folder is what two commands of the same name race for; what a dead testbed left is cleared away. */
async function claimFolder(name: string, folder: TestbedFolder): Promise<void> {
  const taken = (): Error =>
    new Error(`The testbed ${name} is up already\n  next: use it, end it with down, or start another with --name`);
  if (labProcesses(folder).length > 0) throw taken();
  await testbedDown({ name, stateDir: folder.path });
  await mkdir(dirname(folder.path), { recursive: true, mode: 0o700 });
  await mkdir(folder.path, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? taken() : cause;
  });
  await Promise.all([folder.mounts, folder.logs, folder.disks].map((path) => mkdir(path, { mode: 0o700 })));
}

type FromDaemon = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

function outcome(daemon: ChildProcess, folder: TestbedFolder): Promise<void> {
  return new Promise((resolve, reject) => {
    daemon.on('message', (message: FromDaemon) =>
      message.kind === 'ready' ? resolve() : reject(new Error(message.message)),
    );
    daemon.once('error', reject);
    daemon.once('exit', () => reject(new Error(`the testbed's daemon ended: ${lastWords(folder)}`)));
  });
}

function lastWords({ log }: TestbedFolder): string {
  // unshare of util-linux 2.38 complains so of itself when what it waits for is killed.
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('unshare: sigprocmask'));
  return lastLines(lines.join('\n')) || 'it was killed';
}
