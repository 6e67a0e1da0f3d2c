import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Server } from 'node:net';
import type { LabListeners } from '../listeners.ts';
import type { StateFolder } from '../state-folder.ts';
import type { ToDaemon } from './messages.ts';

/** How the daemon is started: it is Node with a file, in the sources and in the bundle alike. */
export interface DaemonCommand {
  readonly program: string;
  /** Everything before the state folder's path. */
  readonly args: readonly string[];
}

/**
 * The daemon is PID 1 of a new PID namespace, so nothing in it outlives the daemon; its mounts are its own and its
 * network is empty. It ends with `unshare`, and `unshare` ends with it.
 */
export function startDaemon(
  { program, args }: DaemonCommand,
  folder: Pick<StateFolder, 'path' | 'log' | 'marker'>,
): ChildProcess {
  const log = openSync(folder.log, 'a', 0o600);
  const marker = openSync(folder.marker, 'w', 0o600);
  const namespaces = ['--pid', '--mount', '--propagation', 'private', '--net', '--fork', '--kill-child'];
  try {
    return spawn('unshare', [...namespaces, '--', program, ...args, folder.path], {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log, log, 'ipc', marker],
    });
  } finally {
    closeSync(log);
    closeSync(marker);
  }
}

/**
 * Waits for `ready` while the daemon, whose own network is empty, is given its listening sockets. Aborting kills it.
 * @throws what `ready` rejects with: a daemon that dies closes the channel, and its end tells the reason better
 */
export async function bringUpDaemon(
  daemon: ChildProcess,
  listeners: LabListeners,
  ready: Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const kill = (): void => void daemon.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  try {
    if (signal?.aborted) kill();
    await Promise.race([ready, handOver(daemon, listeners)]);
    await ready;
  } finally {
    signal?.removeEventListener('abort', kill);
    if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
}

/** One after the other. */
async function handOver(daemon: ChildProcess, listeners: LabListeners): Promise<void> {
  await send(daemon, { kind: 'api-listener' }, listeners.api);
  for (const [index, server] of listeners.nodes.entries()) await send(daemon, { kind: 'node-listener', index }, server);
  await send(daemon, { kind: 'begin' });
}

function send(daemon: ChildProcess, message: ToDaemon, server?: Server): Promise<void> {
  return new Promise((resolve) => {
    // An error means that the daemon is gone. A listener that was handed over is closed here, so that no connection is
    // accepted by the wrong process.
    daemon.send(message, server, () => {
      server?.close();
      resolve();
    });
  });
}
