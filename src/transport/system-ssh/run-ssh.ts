import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { NodemendError } from '../../errors/nodemend-error.ts';

export interface SshRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly agentSocket: string | undefined;
  /** File for what it prints: a file, because a proxy that stays behind would hold a pipe open. */
  readonly outputPath: string;
}

export interface RunningSsh {
  /** The exit code; undefined when a signal ended it. @throws NodemendError SSH_CLIENT_MISSING */
  readonly exited: Promise<number | undefined>;
  readonly kill: () => void;
}

/** Runs ssh with nothing on its standard input, in a process group of its own. */
export function runSsh({ program, args, agentSocket, outputPath }: SshRun): RunningSsh {
  const output = openSync(outputPath, 'a', 0o600);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: environmentWith(agentSocket),
  });
  closeSync(output);
  const exited = new Promise<number | undefined>((resolve, reject) => {
    child.once('exit', (code) => resolve(code ?? undefined));
    child.once('error', (error: NodeJS.ErrnoException) => reject(missingClient(program, error)));
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };
  return { exited, kill };
}

export function missingClient(program: string, error: NodeJS.ErrnoException): NodemendError {
  return new NodemendError('SSH_CLIENT_MISSING', { program, problem: error.code ?? error.message }, { cause: error });
}

/** Ours, with the ssh-agent that was chosen. */
export function environmentWith(agentSocket: string | undefined): NodeJS.ProcessEnv {
  return agentSocket === undefined ? process.env : { ...process.env, SSH_AUTH_SOCK: agentSocket };
}
