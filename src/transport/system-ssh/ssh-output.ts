import { readFileSync, rmSync } from 'node:fs';
import { within, type Limits } from '../within.ts';
import { runSsh, type SshRun } from './run-ssh.ts';

export interface SshDone {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  /** What it printed. */
  readonly output: string;
}

/**
 * Runs ssh to its end, or until the limits end it.
 * @throws NodemendError SSH_CLIENT_MISSING, SSH_TIMED_OUT, COMMAND_INTERRUPTED.
 */
export async function sshOutput(run: SshRun, limits: Limits): Promise<SshDone> {
  const running = runSsh(run);
  try {
    const code = await within(limits, running.exited, () => undefined);
    return { code, output: takeFile(run.outputPath) };
  } catch (error) {
    running.kill();
    rmSync(run.outputPath, { force: true });
    throw error;
  }
}

/** The content of a file that is not needed any more; empty when ssh did not make it. */
function takeFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  } finally {
    rmSync(path, { force: true });
  }
}
