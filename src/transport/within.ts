import { NodemendError } from '../errors/nodemend-error.ts';
import type { Deadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';

/** How long a step on the way to a server may take. */
export interface Limits {
  readonly endpoint: Endpoint;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * Waits for work as long as the limits allow. It goes on after that: what it brings then is given to `discard`.
 * @throws NodemendError SSH_TIMED_OUT, COMMAND_INTERRUPTED, and what the work throws.
 */
export async function within<T>(
  { endpoint, deadline, signal }: Limits,
  work: Promise<T>,
  discard: (late: T) => void,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOutError(endpoint, deadline.seconds)), deadline.left);
  try {
    return await unlessInterrupted(Promise.race([work, late]), endpoint.node, signal);
  } catch (error) {
    work.then(discard, () => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for work that others wait for too. @throws NodemendError COMMAND_INTERRUPTED, and what the work throws. */
export async function unlessInterrupted<T>(work: Promise<T>, node: string, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const interrupt = (): void => reject(new NodemendError('COMMAND_INTERRUPTED', { node }));
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

export function timedOutError({ node, address, port }: Endpoint, seconds: number): NodemendError {
  return new NodemendError('SSH_TIMED_OUT', { node, address, port, seconds });
}
