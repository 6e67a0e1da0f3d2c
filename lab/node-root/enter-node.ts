import { spawn } from 'node:child_process';
import { nodeCapabilities } from './capabilities.ts';

export interface EnterOptions {
  /** `NodeRoot.pid`. */
  readonly pid: number;
  /** POSIX sh text and its positional arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

export interface EnterResult {
  readonly exitCode: number;
  /** Standard output and standard error as they came, at most 64 KiB. */
  readonly output: string;
}

const outputCap = 64 * 1024;
/** How long output is still waited for when the script itself has ended. */
const leftOverMs = 200;
/** For who does not even end inside. */
const graceMs = 5000;

const nodePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const environment = [`PATH=${nodePath}`, 'HOME=/root', 'LC_ALL=C'];
/**
 * nsenter waits outside; what runs inside ends with it. When its time is up it is ended inside: a process whose nsenter
 * was killed is left to the daemon, which waits for no strangers, and a node with a zombie can never end.
 */
const asRootOfNode = [
  'setpriv',
  '--bounding-set',
  nodeCapabilities,
  '--inh-caps=-all',
  '--pdeathsig',
  'KILL',
  '--',
  'env',
  '-i',
  ...environment,
];

/**
 * Runs a script as root of a node, past its sshd (which a fault may have broken). The process joins the node's user
 * namespace first and gives up what root of a node does not have, so it can do no more to the machine than the node
 * itself.
 */
export function enterNode(options: EnterOptions): Promise<EnterResult> {
  const ns = (name: string): string => `/proc/${options.pid}/ns/${name}`;
  const args = [
    `--user=${ns('user')}`,
    `--mount=${ns('mnt')}`,
    `--pid=${ns('pid_for_children')}`,
    `--uts=${ns('uts')}`,
    `--ipc=${ns('ipc')}`,
    `--net=${ns('net')}`,
    '--',
    ...asRootOfNode,
    'timeout',
    '-s',
    'KILL',
    String(Math.ceil(options.timeoutMs / 1000)),
    'sh',
    '-c',
    options.script,
    'sh',
    ...options.args,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The folders of the user's PATH need not be there inside, where setpriv is looked for.
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:${nodePath}` },
      timeout: options.timeoutMs + graceMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(0, outputCap)));
    }
    child.on('error', reject);
    child.on('exit', (code) => {
      // A process that was left running in the background may hold the pipes for ever.
      setTimeout(() => child.stdout.destroy(), leftOverMs);
      setTimeout(() => child.stderr.destroy(), leftOverMs);
      child.once('close', () => resolve({ exitCode: code ?? 128, output }));
    });
  });
}
