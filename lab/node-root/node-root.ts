import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { nodeCapabilities } from './capabilities.ts';
import enterScript from './enter.sh?raw';
import { lastLines, stepFailed } from './run-program.ts';
import rootScript from './root.sh?raw';

export interface NodeRootOptions {
  readonly hostname: string;
  /** The node's mounted overlay. */
  readonly root: string;
  /** Address of the node's eth0 with its prefix length, for example `10.77.1.4/16`. */
  readonly address: string;
  readonly gateway: string;
  /**
   * Puts the other end of eth0 where it belongs; called when the network namespace exists and before the node starts.
   */
  readonly connect: (pid: number) => Promise<void>;
  /** The node's PID 1 and its arguments; its first line of output is `readyLine`. */
  readonly init: readonly string[];
}

export interface NodeRoot {
  /** The process that unshared, and the parent of the node's PID 1: the node ends when it does. */
  readonly pid: number;
  /** What the node's PID 1 said first. */
  readonly readyLine: string;
  /** Settles when every process of the node has ended. */
  readonly ended: Promise<void>;
  /** Ends every process of the node at once. */
  readonly stop: () => Promise<void>;
}

/** uid 0 inside is uid 0 outside, and so on: files of the machine keep their owners when seen through the overlay. */
const identityMap = '0 0 4294967295\n';

const namespaces = ['--user', '--mount', '--pid', '--uts', '--ipc', '--net'];

/**
 * Starts a node: new user, mount, PID, UTS, IPC and network namespaces, the identity map written from outside, then
 * root.sh. Must be called by root outside of the node's user namespace; the node ends with the caller's PID namespace
 * at the latest.
 * @throws NodemendError LAB_STEP_FAILED with what the node said last
 */
export async function startNodeRoot(options: NodeRootOptions): Promise<NodeRoot> {
  const child = spawn(
    'unshare',
    [...namespaces, '--fork', '--kill-child', '--', 'sh', '-c', enterScript, 'enter.sh', ...options.init],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        NODE_ROOT: options.root,
        NODE_HOSTNAME: options.hostname,
        NODE_ADDRESS: options.address,
        NODE_GATEWAY: options.gateway,
        NODE_CAPABILITIES: nodeCapabilities,
        NODE_ROOT_SETUP: rootScript,
      },
    },
  );
  const said = lastWords(child.stderr);
  const ended = new Promise<void>((resolve) => {
    child.on('error', () => resolve());
    child.on('close', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done && typeof value === 'string') return value;
    await ended;
    throw stepFailed(options.hostname, said() || 'the node ended while it started');
  };
  try {
    await nextLine();
    const pid = child.pid ?? 0;
    await writeFile(`/proc/${pid}/uid_map`, identityMap);
    await writeFile(`/proc/${pid}/gid_map`, identityMap);
    await options.connect(pid);
    child.stdin.end('\n');
    const readyLine = await nextLine();
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    return { pid, readyLine, ended, stop };
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

/** Keeps the last lines of a stream for an error message. */
function lastWords(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-2000)));
  return () => lastLines(text);
}
