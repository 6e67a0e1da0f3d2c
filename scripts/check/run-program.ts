import { spawn } from 'node:child_process';
import { root } from '../build/options.ts';

export interface ProgramResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface ProgramOptions {
  /** Print as it comes instead of keeping it. */
  readonly stream?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program in the checkout's root without standard input; a program that does not start has exit code 127. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', options.stream ? 'inherit' : 'pipe', options.stream ? 'inherit' : 'pipe'],
    });
    const parts: Buffer[] = [];
    child.stdout?.on('data', (part: Buffer) => parts.push(part));
    child.stderr?.on('data', (part: Buffer) => parts.push(part));
    const text = (): string => Buffer.concat(parts).toString('utf8');
    child.on('error', (error) => resolve({ exitCode: 127, output: `${text()}${error.message}\n` }));
    child.on('close', (code, signal) =>
      resolve({ exitCode: code ?? 1, output: signal ? `${text()}ended by ${signal}\n` : text() }),
    );
  });
}
