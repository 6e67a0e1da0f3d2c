import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { mostNodes } from './cluster/addresses.ts';
import { planCluster } from './cluster/cluster-plan.ts';
import { asError } from './daemon/failure.ts';
import type { FromDaemon, LabStep } from './daemon/messages.ts';
import { bringUpDaemon, startDaemon, type DaemonCommand } from './daemon/start-daemon.ts';
import { labDown } from './lab-down.ts';
import { chosenLab, type LabChoice } from './lab-folder.ts';
import { labProcesses } from './lab-processes.ts';
import { labStatus, type LabStatus } from './lab-status.ts';
import { closeAll, listenForLab } from './listeners.ts';
import { lastLines } from './node-root/run-program.ts';
import { checkMachine, thisMachine } from './preflight.ts';
import type { StateFolder } from './state-folder.ts';

interface LabProgress {
  readonly step: LabStep;
  readonly done: number;
  readonly total: number;
}

export interface LabUpOptions extends LabChoice {
  readonly nodes: number;
  readonly daemon: DaemonCommand;
  readonly onProgress?: (progress: LabProgress) => void;
  /** Aborting takes down what there is, and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

const privateFolder = 0o700;

/**
 * Starts a practice cluster and waits until every node answers. Whatever goes wrong, nothing is left behind; a killed
 * command leaves at most the folder, which `labDown` removes.
 * @throws NodemendError LAB_…
 */
export async function labUp(options: LabUpOptions): Promise<LabStatus> {
  const { name, folder } = chosenLab(options);
  const { nodes } = options;
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > mostNodes)
    throw new NodemendError('LAB_SIZE_INVALID', { nodes, most: mostNodes });
  await checkMachine(thisMachine());
  await claimFolder(name, folder);
  try {
    const listeners = await listenForLab(nodes);
    try {
      const plan = planCluster({
        name,
        nodes,
        slot: listeners.slot,
        apiPort: listeners.apiPort,
        sshPort: listeners.sshPort,
      });
      await writeFile(folder.plan, JSON.stringify(plan), { mode: 0o600 });
      const daemon = startDaemon(options.daemon, folder);
      await bringUpDaemon(daemon, listeners, outcome(daemon, folder, options.onProgress), options.signal);
    } finally {
      closeAll([listeners.api, ...listeners.nodes]);
    }
    return await labStatus(options);
  } catch (error) {
    await labDown({ name, stateDir: folder.path });
    options.signal?.throwIfAborted();
    throw error;
  }
}

/** Making the folder is what two commands of the same name race for; what a dead lab left is cleared away. */
async function claimFolder(name: string, folder: StateFolder): Promise<void> {
  if (labProcesses(folder).length > 0) throw new NodemendError('LAB_ALREADY_UP', { name });
  await labDown({ name, stateDir: folder.path });
  await mkdir(dirname(folder.path), { recursive: true, mode: privateFolder });
  await mkdir(folder.path, { mode: privateFolder }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new NodemendError('LAB_ALREADY_UP', { name }, { cause });
    throw cause;
  });
  await mkdir(folder.mounts, { mode: privateFolder });
}

function outcome(daemon: ChildProcess, folder: StateFolder, onProgress: LabUpOptions['onProgress']): Promise<void> {
  return new Promise((resolve, reject) => {
    daemon.on('message', (message: FromDaemon) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'progress') onProgress?.(message);
      else reject(asError(message));
    });
    daemon.once('error', reject);
    daemon.once('exit', () => reject(new NodemendError('LAB_START_FAILED', { detail: lastWords(folder) })));
  });
}

function lastWords({ log }: StateFolder): string {
  const text = readFileSync(log, 'utf8');
  // Of an exception that nobody caught the line that names it says more than the last one of its stack.
  const named = text.split('\n').findLast((line) => /^\w*Error\b/.test(line));
  return named ?? (lastLines(text) || 'the daemon ended without a word');
}
