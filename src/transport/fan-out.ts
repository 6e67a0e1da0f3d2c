import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import { Limiter } from './limiter.ts';
import { nodesThatFit, openFileCount, openFileLimit } from './open-files.ts';
import { Progress, type ProgressReport } from './progress.ts';
import type { NodeConnection, NodeTarget, Transport, TransportKind } from './transport.ts';

export interface FanOutLimits {
  /** Connections being opened at once: each costs processor time here and at a shared bastion. */
  readonly handshakes: number;
  /** Nodes worked on at once, those being connected to included. */
  readonly nodes: number;
  /** The limit on open files that made `nodes` smaller than wanted. */
  readonly reducedBy?: number;
}

export interface FanOutOptions {
  readonly limits: FanOutLimits;
  /** Ends what is under way and keeps what arrived. */
  readonly signal: AbortSignal;
  /** Called for every node that is done, and once a second. */
  readonly onProgress?: (report: ProgressReport) => void;
}

type Outcome<T> =
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'failed'; readonly error: NodemendError }
  | { readonly state: 'interrupted' };

export interface FanOutResult<T> {
  readonly target: NodeTarget;
  readonly outcome: Outcome<T>;
}

/** 64 handshakes keep two processors busy; clush has 64, parallel-ssh 100 to 1,000 for commands that say little. */
const wanted: FanOutLimits = { handshakes: 64, nodes: 256 };

/** The usual limits, or what the limit on open files allows. */
export function fanOutLimits(
  kind: TransportKind,
  openFiles = openFileLimit(),
  alreadyOpen = openFileCount(),
): FanOutLimits {
  const fit = nodesThatFit(kind, openFiles, alreadyOpen);
  if (fit >= wanted.nodes) return wanted;
  return { handshakes: Math.min(wanted.handshakes, fit), nodes: fit, reducedBy: openFiles };
}

/**
 * Connects to every target, does the work on each, and closes the connection. Nodes are isolated: what happens on one
 * changes nothing for another. Results keep the order of the targets; there is one for each, also after an
 * interruption.
 */
export async function fanOut<T>(
  transport: Transport,
  targets: readonly NodeTarget[],
  work: (connection: NodeConnection, target: NodeTarget) => Promise<T>,
  { limits, signal, onProgress }: FanOutOptions,
): Promise<readonly FanOutResult<T>[]> {
  const handshakes = new Limiter(limits.handshakes);
  const nodes = new Limiter(limits.nodes);
  const progress = new Progress(targets.length, onProgress);
  const visit = async (target: NodeTarget): Promise<Outcome<T>> => {
    if (signal.aborted) return { state: 'interrupted' };
    const finished = progress.begin(target.name);
    try {
      const connection = await handshakes.run(() => transport.connect(target, signal));
      return { state: 'done', value: await workAndClose(connection, () => work(connection, target)) };
    } catch (error) {
      return signal.aborted ? { state: 'interrupted' } : { state: 'failed', error: asNodemendError(error) };
    } finally {
      finished();
    }
  };
  try {
    return await Promise.all(
      targets.map(async (target) => ({ target, outcome: await nodes.run(() => visit(target)) })),
    );
  } finally {
    progress.close();
  }
}

async function workAndClose<T>(connection: NodeConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await connection.close();
  }
}

function asNodemendError(error: unknown): NodemendError {
  if (isNodemendError(error)) return error;
  return new NodemendError(
    'INTERNAL',
    { problem: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}
