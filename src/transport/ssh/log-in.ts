import type { Duplex } from 'node:stream';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { retrying } from '../retry.ts';
import type { Limits } from '../within.ts';
import type { HostKeyTypes } from './algorithms.ts';
import { shakeHands, type HandshakeOutcome, type LoggedIn } from './handshake.ts';
import type { HostKeyCheck } from './host-key-check.ts';
import type { Offers } from './keyring.ts';

export interface LogIn extends Limits {
  readonly offers: Offers;
  readonly hostKeys: HostKeyCheck;
  /** Opens the way there: a TCP connection, or a channel through a bastion. */
  readonly open: () => Promise<Duplex>;
}

/**
 * Connects, verifies the host key and logs in; tries again what may pass.
 * @throws NodemendError SSH_…, COMMAND_INTERRUPTED, KNOWN_HOSTS_…
 */
export function logIn(request: LogIn): Promise<LoggedIn> {
  return retrying(() => logInOnce(request), request.deadline, request.signal);
}

async function logInOnce(request: LogIn): Promise<LoggedIn> {
  const first = await tryTypes(request, await request.hostKeys.typesToAskFor(request.endpoint));
  if ('state' in first) return first;
  // The host is known by another type than it chose. A valid host still has that one.
  try {
    const second = await tryTypes(request, { types: first.types, only: true });
    if ('state' in second) return second;
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'SSH_NEGOTIATION_FAILED') throw error;
  }
  throw first.otherwise;
}

async function tryTypes(request: LogIn, types: HostKeyTypes): Promise<HandshakeOutcome> {
  return shakeHands({ ...request, types, socket: await request.open() });
}
