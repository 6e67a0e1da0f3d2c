import { setTimeout as sleep } from 'node:timers/promises';
import { isNodemendError } from '../errors/nodemend-error.ts';
import type { Deadline } from './deadline.ts';

const tries = 3;
const firstPauseMs = 250;

/**
 * Tries again what may succeed a moment later (refused, reset, no route; a bastion that drops connections under load),
 * never what was answered: a key or a host key does not become right, and sshd shuts addresses out that fail often
 * (PerSourcePenalties, OpenSSH 9.8). All tries share one deadline, so that a node that does not answer costs one
 * timeout. Pauses are random, or many nodes behind one bastion would come back together.
 */
export async function retrying<T>(attempt: () => Promise<T>, deadline: Deadline, signal: AbortSignal): Promise<T> {
  let telling: unknown;
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      // That a further try came too late says less than why the one before failed.
      if (!isTimeout(error)) telling = error;
      const pause = firstPauseMs * 2 ** (count - 1) * (0.5 + Math.random());
      const pointless = count === tries || pause >= deadline.left || signal.aborted;
      if (pointless || !mayPass(error)) throw telling ?? error;
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

function mayPass(error: unknown): boolean {
  return isNodemendError(error) && error.retryable;
}

function isTimeout(error: unknown): boolean {
  return isNodemendError(error) && error.code === 'SSH_TIMED_OUT';
}
