import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../lab/node-root/run-program.ts';
import { isAlive, type ProcessId } from '../../lab/processes.ts';
import { processTree } from '../../lab/testing/process-tree.ts';
import type { TestbedStatus } from '../../testbed/testbed-status.ts';

/**
 * The control plane of a testbed, from outside: its processes and files are in the namespaces of the testbed's daemon.
 */
export interface ControlPlaneAccess {
  /** SIGKILL; the testbed starts it again. Returns as soon as it is gone. */
  readonly killApiserver: () => Promise<void>;
  /** Waits until the API server says that it is ready. */
  readonly ready: () => Promise<void>;
  /** The store forgets all history. */
  readonly compact: () => Promise<void>;
  /** What tokens of service accounts are signed with. */
  readonly tokenKey: KeyObject;
}

const patienceMs = 120_000;

export function accessControlPlane({ folder, kubectl }: TestbedStatus): ControlPlaneAccess {
  const daemon = JSON.parse(readFileSync(folder.daemon, 'utf8')) as ProcessId;
  const program = (name: string): Program => findProgram(daemon.pid, name);
  const mounts = join(`/proc/${daemon.pid}/root`, folder.mounts);
  const plane = readdirSync(mounts).find((name) => name.startsWith('nodemend-control-plane-')) ?? '';
  const isReady = async (): Promise<boolean> =>
    (await runProgram(kubectl, ['--kubeconfig', folder.kubeconfig, 'get', '--raw', '/readyz'])).stdout === 'ok';
  return {
    killApiserver: async () => {
      const { process: apiserver } = program('kube-apiserver');
      process.kill(apiserver.pid, 'SIGKILL');
      await until(() => !isAlive(apiserver));
    },
    ready: () => until(isReady),
    compact: async () => {
      const url =
        program('etcd')
          .args.find((arg) => arg.startsWith('--listen-client-urls='))
          ?.split('=')[1] ?? '';
      const script = join(import.meta.dirname, 'compact-store-process.ts');
      const { exitCode, stderr } = await runProgram('nsenter', [
        `--net=/proc/${daemon.pid}/ns/net`,
        process.execPath,
        script,
        url,
      ]);
      if (exitCode !== 0) throw new Error(stderr);
    },
    tokenKey: createPrivateKey(readFileSync(join(mounts, plane, 'service-accounts.key'))),
  };
}

interface Program {
  readonly process: ProcessId;
  readonly args: readonly string[];
}

function findProgram(daemon: number, name: string): Program {
  for (const process of processTree(daemon)) {
    const [path = '', ...args] = commandLine(process.pid);
    if (path.endsWith(`/${name}`)) return { process, args };
  }
  throw new Error(`${name} does not run in the testbed`);
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended meanwhile.
    return [];
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await holds()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`the control plane is not as expected after ${patienceMs / 1000} s`);
  }
}
