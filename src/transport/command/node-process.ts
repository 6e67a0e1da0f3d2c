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
  /** Ends it as far as the transport alone can (at most what the login user may end), and lets go of it. Never throws. */
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
   * Runs a command line through the user's login shell: a script, or what ends one that hangs.
   * @throws NodemendError SSH_…
   */
  readonly start: (command: string, purpose: Purpose) => Promise<NodeProcess>;
  /**
   * What it means that the process is over and nobody knows how: `SSH_CONNECTION_LOST`, unless the transport reads more out of
   * what was printed before the script.
   */
  readonly explainLoss?: (printed: string) => NodemendError | undefined;
}
