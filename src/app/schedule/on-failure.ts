import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ScheduledResult } from '../../engine/schedule/scheduled-result.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { runLocalProgram } from '../../transport/local/local-program.ts';

/** What only a shell would understand; it gets none. */
const shellSyntax = /["'`$\\;&|<>(){}*?!#~\p{Cc}]/u;

/** Program and arguments of `--on-failure`, at blanks. @throws NodemendError ON_FAILURE_INVALID */
export function parseOnFailure(text: string): readonly [string, ...string[]] {
  if (shellSyntax.test(text)) throw new NodemendError('ON_FAILURE_INVALID', { context: 'shell', text });
  const [program = '', ...args] = text.trim().split(/ +/);
  if (!isAbsolute(program) || !isRunnable(program)) throw new NodemendError('ON_FAILURE_INVALID', { text });
  if (statSync(program).mode & 0o002)
    throw new NodemendError('ON_FAILURE_INVALID', { context: 'writable', text: program });
  return [program, ...args];
}

function isRunnable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return statSync(program).isFile();
  } catch {
    return false;
  }
}

/** It is to tell somebody, and not to work. */
const limitMs = 60_000;

export interface FailureReport {
  readonly result: ScheduledResult;
  /** The end of what the command printed. */
  readonly output: string;
}

/**
 * Calls the command of `--on-failure` with what happened. @returns how it ended, in one word for the result line; never
 * throws
 */
export async function callOnFailure(
  command: readonly string[],
  { result, output }: FailureReport,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const [program = '', ...args] = command;
  const facts = {
    NODEMEND_SCHEDULE: result.schedule,
    NODEMEND_EXIT_CODE: String(result.exitCode),
    NODEMEND_VERDICT: result.verdict,
    NODEMEND_RUN: result.run ?? '',
    NODEMEND_ERROR: result.error ?? '',
  };
  try {
    const { exitCode } = await runLocalProgram({
      program,
      args,
      environment: { ...environment, ...facts },
      input: `${JSON.stringify({ ...result, output })}\n`,
      limitMs,
    });
    return exitCode === 0 ? 'called' : `exit-${exitCode}`;
  } catch (error) {
    return `not-started-${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}`;
  }
}
