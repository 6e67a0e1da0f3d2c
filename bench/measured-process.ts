import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { cpuMsOf, peakMbOf } from './process-usage.ts';

export interface ProcessMeasure {
  /** From its start to its end. */
  readonly ms: number;
  /** User and system. */
  readonly cpuMs: number;
  /** Largest resident memory. */
  readonly rssMb: number;
  readonly exitCode: number | null;
  /** The end of what it said on standard error. */
  readonly errors: string;
}

export interface MeasuredCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Takes its standard output. */
  readonly outputFile: string;
}

/** What a process used is read from /proc this often, so its last ten milliseconds are not seen. */
const everyMs = 10;

/**
 * Runs a program of any kind and says what it took; of its children the time is counted, once they have ended, and
 * their memory is not.
 */
export async function runMeasured({
  program,
  args,
  env = process.env,
  outputFile,
}: MeasuredCommand): Promise<ProcessMeasure> {
  const output = openSync(outputFile, 'w');
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', output, 'pipe'], env });
  closeSync(output);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-3000)));
  let used = { cpuMs: 0, rssMb: 0 };
  const { pid = 0 } = child;
  const look = (): void =>
    void (used = { cpuMs: Math.max(used.cpuMs, cpuMsOf(pid)), rssMb: Math.max(used.rssMb, peakMbOf(pid)) });
  const watch = setInterval(look, everyMs);
  try {
    const ended = await new Promise<{ readonly exitCode: number | null; readonly ms: number }>((resolve, reject) => {
      child.on('error', reject);
      let ms = 0;
      child.on('exit', () => (ms = performance.now() - began));
      child.on('close', (exitCode) => resolve({ exitCode, ms }));
    });
    return { ...ended, ...used, errors };
  } finally {
    clearInterval(watch);
  }
}
