import { spawn } from 'node:child_process';
import { NodemendError } from '../../src/errors/nodemend-error.ts';

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a signal that ended it is reported as 128, as a shell does for an unknown one. */
export function runProgram(
  program: string,
  args: readonly string[],
  input = '',
  environment = process.env,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 128, stdout, stderr }));
    // A program that ends without reading its input is no error of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Like `runProgram`, for a step that must work. @throws NodemendError LAB_STEP_FAILED with the step's own words. */
export async function mustRun(step: string, program: string, args: readonly string[], input = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(program, args, input).catch((error: Error) => ({
    exitCode: 127,
    stdout: '',
    stderr: error.message,
  }));
  if (exitCode === 0) return stdout;
  throw stepFailed(step, lastLines(stderr) || `exit code ${exitCode}`);
}

/** The end of what a program said, in one line without a full stop, for an error message. */
export function lastLines(text: string): string {
  return saidLines(text).slice(-3).join(' / ').replace(/\.$/, '');
}

/** The last line of what a program said; undefined when it said nothing. */
export function lastLine(text: string): string | undefined {
  return saidLines(text).at(-1);
}

/** mount of util-linux 2.40 and newer puts a hint behind its reason. */
function saidLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s+dmesg\(1\) may have more/.test(line));
}

export function stepFailed(step: string, detail: string): NodemendError {
  return new NodemendError('LAB_STEP_FAILED', { step, detail });
}
