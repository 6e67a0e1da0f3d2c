import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Endpoint } from '../endpoint.ts';
import { Limiter } from '../limiter.ts';
import { timedOutError, within, type Limits } from '../within.ts';
import { lostError } from './ssh-errors.ts';

/**
 * sshd begins to drop unauthenticated connections at 10 (MaxStartups 10:30:100); a person and another tool may be there
 * too.
 */
const handshakesAtOnce = 8;

/** A connection to a bastion that all nodes behind it share. */
export interface Bastion {
  readonly client: Client;
  readonly address: string;
  /** Handshakes with nodes that go through it at once. */
  readonly limiter: Limiter;
}

/** The bastions of one transport, each connected once; one whose connection ended is connected again when needed. */
export class Bastions {
  readonly #open = new Map<string, Promise<Bastion>>();

  /** @throws NodemendError whatever `connect` throws: to every node behind the bastion, and not remembered. */
  get(name: string, connect: () => Promise<{ readonly client: Client; readonly address: string }>): Promise<Bastion> {
    const open = this.#open.get(name);
    if (open) return open;
    const forget = (): void => void this.#open.delete(name);
    const opening = connect().then(({ client, address }) => {
      client.once('close', forget);
      return { client, address, limiter: new Limiter(handshakesAtOnce) };
    });
    opening.catch(forget);
    this.#open.set(name, opening);
    return opening;
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#open.values());
    for (const bastion of open) if (bastion.status === 'fulfilled') bastion.value.client.end();
  }
}

/** RFC 4254 section 5.1. */
const administrativelyProhibited = 1;

/**
 * A channel through a bastion to a node.
 * @throws NodemendError SSH_REFUSED, SSH_TIMED_OUT, SSH_NO_ROUTE, SSH_NAME_UNRESOLVED, SSH_FORWARDING_DENIED,
 *   SSH_CONNECTION_LOST, COMMAND_INTERRUPTED.
 */
export function openThrough(bastion: Bastion, limits: Limits): Promise<Duplex> {
  const { endpoint, deadline } = limits;
  const opened = new Promise<Duplex>((resolve, reject) => {
    try {
      // The origin is for the bastion's log only.
      bastion.client.forwardOut('127.0.0.1', 0, endpoint.address, endpoint.port, (error, channel) => {
        if (error) reject(forwardError(bastion, endpoint, { error, seconds: deadline.seconds }));
        else resolve(channel);
      });
    } catch (error) {
      reject(lostError(endpoint, 'the connection to the bastion ended', error));
    }
  });
  return within(limits, opened, (late) => late.destroy());
}

/**
 * What OpenSSH's sshd says of a connection that it could not open (channels.c: the words of strerror and getaddrinfo).
 */
function forwardError(
  bastion: Bastion,
  endpoint: Endpoint,
  { error, seconds }: { readonly error: Error; readonly seconds: number },
): NodemendError {
  const { node, address, port } = endpoint;
  const detail = error.message.replace(/^\(SSH\) Channel open failure: /, '');
  if ((error as { readonly reason?: unknown }).reason === administrativelyProhibited) {
    return new NodemendError('SSH_FORWARDING_DENIED', { node, bastion: bastion.address, detail }, { cause: error });
  }
  if (/refused/i.test(detail)) return new NodemendError('SSH_REFUSED', { node, address, port }, { cause: error });
  if (/timed out/i.test(detail)) return timedOutError(endpoint, seconds);
  if (/no route|unreachable/i.test(detail))
    return new NodemendError('SSH_NO_ROUTE', { node, address }, { cause: error });
  if (/not known|name resolution|resolve/i.test(detail))
    return new NodemendError('SSH_NAME_UNRESOLVED', { node, address }, { cause: error });
  return lostError(endpoint, detail, error);
}
