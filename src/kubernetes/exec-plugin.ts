import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { NodemendError } from '../errors/nodemend-error.ts';
import { printableText } from '../text/printable.ts';
import type { ExecEntry } from './kubeconfig-file.ts';
import { oneLine } from '../network/one-line.ts';

export interface ExecPluginRun {
  readonly entry: ExecEntry;
  /** Value of KUBERNETES_EXEC_INFO. */
  readonly execInfo: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether the plugin may read from the terminal. */
  readonly interactive: boolean;
  /** Where the plugin's stderr goes besides the error message: device-code logins print their address there. */
  readonly terminal: Writable;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

const maxOutputBytes = 1024 * 1024;

/**
 * Runs an exec plugin and gives its standard output.
 * @throws NodemendError EXEC_PLUGIN_MISSING with the kubeconfig's installHint, EXEC_PLUGIN_FAILED with the last line of
 *   its stderr.
 */
export async function runExecPlugin(run: ExecPluginRun): Promise<string> {
  const timeout = AbortSignal.timeout(run.timeoutMs);
  const ending = await runUntil(run, AbortSignal.any([timeout, ...(run.signal ? [run.signal] : [])]));
  run.signal?.throwIfAborted();
  if (ending.code === 0) return ending.stdout;
  const { command, installHint = '' } = run.entry;
  if (ending.error?.code === 'ENOENT')
    throw new NodemendError('EXEC_PLUGIN_MISSING', { command, hint: installHint.trim() });
  const problem = timeout.aborted ? `no answer within ${run.timeoutMs / 1000} s` : endingProblem(ending);
  throw new NodemendError('EXEC_PLUGIN_FAILED', { command, problem: oneLine(problem) });
}

interface Ending {
  readonly stdout: string;
  readonly stderrTail: string;
  /** Ended, because it printed more than `maxOutputBytes` on one of them. */
  readonly isTooLong: boolean;
  readonly error?: NodeJS.ErrnoException;
  readonly code?: number | null;
  readonly killedBy?: NodeJS.Signals | null;
}

async function runUntil(
  { entry, environment, execInfo, interactive, terminal }: ExecPluginRun,
  end: AbortSignal,
): Promise<Ending> {
  const child = spawn(entry.command, [...entry.args], {
    env: { ...environment, ...entry.environment, KUBERNETES_EXEC_INFO: execInfo },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    // A group of its own ends as a whole. One that reads the terminal must stay in ours, or it would be stopped
    // (SIGTTIN).
    detached: !interactive,
  });
  const kill = () => killTree(child, !interactive);
  end.addEventListener('abort', kill, { once: true });
  let stdout = '';
  let stderrTail = '';
  let [outBytes, errorBytes] = [0, 0];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    outBytes += Buffer.byteLength(chunk);
    if (outBytes > maxOutputBytes) kill();
    else stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    errorBytes += Buffer.byteLength(chunk);
    if (errorBytes > maxOutputBytes) return kill();
    terminal.write(printableText(chunk));
    stderrTail = (stderrTail + chunk).slice(-1000);
  });
  const ending = await new Promise<Pick<Ending, 'error' | 'code' | 'killedBy'>>((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, killedBy) => resolve({ code, killedBy }));
  });
  end.removeEventListener('abort', kill);
  return { ...ending, stdout, stderrTail, isTooLong: Math.max(outBytes, errorBytes) > maxOutputBytes };
}

/**
 * What a killed program started keeps its pipes open: they are closed from this side, so that nobody waits for them.
 */
function killTree(child: ChildProcess, wholeGroup: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(wholeGroup ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function endingProblem({ error, code, killedBy, stderrTail, isTooLong }: Ending): string {
  if (isTooLong) return `more output than ${maxOutputBytes / 1024 / 1024} MiB`;
  if (error) return error.code ?? error.message;
  const lastLine = stderrTail.trim().split('\n').at(-1) ?? '';
  const how = killedBy ? `ended by ${killedBy}` : `exit ${code}`;
  return lastLine === '' ? how : `${how}, ${lastLine}`;
}
