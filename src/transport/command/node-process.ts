import type { Readable, Writable } from 'node:stream';
import type { NodemendError } from '../../errors/nodemend-error.ts';

/** A process on a node, as a transport starts it: what `run-script.ts` needs to speak with it, and no more. */
export interface NodeProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once it is over and both outputs were read to their end; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Lets go of it: the script is over, but a process that it left behind may hold the streams open. Never throws. */
  readonly release: () => void;
  /**
   * Ends it as far as the transport alone can (at most what the login user may end), and lets go of it. Never throws.
   */
  readonly kill: () => void;
}

/** Neither code nor signal: the connection ended first. */
export interface ProcessEnd {
  readonly code?: number;
  /** `SIGTERM`. */
  readonly signal?: string;
}

export type Purpose = 'script' | 'ending';

/** Where a script is run: one node, reached as one user. */
export interface ScriptPlace {
  readonly node: string;
  /** For people. */
  readonly user: string;
  /**
   * Runs a command line through the user's login shell: a script, or what ends one that hangs. `stdinBytes` is how much
   * will be written to its standard input, for a transport that cannot tell the end of it.
   * @throws NodemendError SSH_…, POD_…, API_…
   */
  readonly start: (command: string, purpose: Purpose, stdinBytes: number) => Promise<NodeProcess>;
  /**
   * What it means that the process is over and nobody knows how: `SSH_CONNECTION_LOST`, unless the transport has
   * another word, or reads more out of what was printed before the script.
   */
  readonly explainLoss?: (detail: string) => NodemendError | undefined;
  /**
   * What it means that the script did not run although the command did: `LOGIN_SHELL_FAILED`, unless nobody logs in.
   */
  readonly explainFailure?: (detail: string) => NodemendError;
}
