import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lastLines } from '../../lab/node-root/run-program.ts';
import type { NodeEnd } from '../daemon/node-events.ts';
import bootScript from './boot.sh?raw';
import { emptyCgroups, hierarchyArguments, type Hierarchy, type NodeCgroups } from './cgroups.ts';
import enterScript from './enter.sh?raw';

export interface BootOptions {
  readonly name: string;
  /** The node's mounted root. */
  readonly root: string;
  readonly hierarchies: readonly Hierarchy[];
  readonly cgroups: NodeCgroups;
  /** Of its eth0, with the prefix length. */
  readonly address: string;
  readonly gateway: string;
  /** Puts eth0 into the network namespace of a process. */
  readonly connect: (pid: number) => Promise<void>;
}

export interface RunningNode {
  readonly bootId: string;
  /** Settles when every process of the node has ended. */
  readonly ended: Promise<NodeEnd>;
  /** Its PID 1, as the caller sees it. */
  readonly init: number;
  /** Ends every process of the node at once. */
  readonly kill: () => void;
}

const namespaces = ['--mount', '--uts', '--ipc', '--pid', '--cgroup', '--net', '--time'];
/** reboot(2) of PID 1 is seen outside as a signal (reboot(2), "Behavior inside PID namespaces"). */
const ends: Partial<Record<NodeJS.Signals, NodeEnd>> = { SIGHUP: 'reboot', SIGINT: 'poweroff' };

/**
 * Boots a node on its disk: new namespaces, the uptime at zero, its cgroups as on a fresh kernel, then systemd.
 * @throws Error with what the node said last
 */
export async function bootNode(options: BootOptions): Promise<RunningNode> {
  const { name, cgroups } = options;
  await emptyCgroups(cgroups.folders);
  const uptime = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
  const unshare = ['unshare', ...namespaces, '--boottime', `-${uptime}`, '--fork', '--kill-child', '--'];
  const boot = [
    'sh',
    '-c',
    bootScript,
    'boot.sh',
    options.root,
    name,
    options.address,
    options.gateway,
    ...hierarchyArguments(options.hierarchies),
  ];
  const child = spawn('sh', ['-c', enterScript, 'enter.sh', ...cgroups.folders, '--', ...unshare, ...boot], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let cut = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<NodeEnd>((resolve) => {
    child.on('error', () => resolve('failed'));
    // unshare of util-linux 2.38 cannot end by the SIGKILL that ended its child, so a cut is known by who made it.
    child.on('close', (_code, signal) => resolve(cut ? 'power cut' : ((signal && ends[signal]) ?? 'failed')));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done && typeof value === 'string') return value;
    await ended;
    throw new Error(`${name} did not boot: ${lastLines(said) || 'it ended without a word'}`);
  };
  try {
    await nextLine();
    if (cgroups.outside !== undefined) writeFileSync(join(cgroups.outside, 'cgroup.procs'), String(child.pid));
    await options.connect(child.pid ?? 0);
    child.stdin.end('\n');
    const bootId = (await nextLine()).replace('booting ', '');
    const init = onlyChild(child.pid ?? 0);
    // `unshare` ends when the kernel has ended all others.
    const kill = (): void => {
      cut = true;
      process.kill(init, 'SIGKILL');
    };
    return { bootId, ended, init, kill };
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

/** `unshare --fork` has one child, the node's PID 1. */
function onlyChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
