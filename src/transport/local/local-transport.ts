import { hostname } from 'node:os';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { startChild } from '../command/child-process.ts';
import type { NodeProcess } from '../command/node-process.ts';
import { inOneLine } from '../../text/printable.ts';
import { runScript } from '../command/run-script.ts';
import { ownUser } from '../own-user.ts';
import type { NodeConnection, NodeTarget, Transport } from '../transport.ts';

export interface LocalSettings {
  /**
   * Program and arguments that come before the shell, for example `nsenter --target 1 --all -- setsid --wait` in a
   * privileged pod that shares the node's process ids (setsid, because a process group whose leader is outside has no
   * number inside). Empty: right here.
   */
  readonly enter: readonly string[];
}

/** The machine that nodemend runs on, whatever address a target has. */
export function createLocalTransport(settings: LocalSettings): Transport {
  return {
    kind: 'local',
    connect: (target) => Promise.resolve(connectHere(target, settings)),
    close: () => Promise.resolve(),
  };
}

function connectHere(target: NodeTarget, settings: LocalSettings): NodeConnection {
  const user = ownUser();
  const start = (command: string): Promise<NodeProcess> => startShell(settings, target.name, command);
  return {
    node: target.name,
    kind: 'local',
    user,
    hostKey: undefined,
    exec: (request) => runScript({ node: target.name, user, start }, request),
    close: () => Promise.resolve(),
  };
}

async function startShell({ enter }: LocalSettings, node: string, command: string): Promise<NodeProcess> {
  const [program, ...args] = [...enter, '/bin/sh', '-c', command];
  try {
    return await startChild(program, args);
  } catch (error) {
    const detail = inOneLine(`${program} on ${hostname()}: ${(error as Error).message}`);
    throw new NodemendError('LOGIN_SHELL_FAILED', { node, user: ownUser(), detail }, { cause: error });
  }
}
