import { NodemendError } from '../../errors/nodemend-error.ts';
import type { TextParams } from '../../locales/translator.ts';
import { inOneLine } from '../../text/printable.ts';
import { isBusy } from '../busy-sshd.ts';
import type { Endpoint } from '../endpoint.ts';

/** What ssh2 adds to its errors. */
interface Ssh2Error extends Error {
  readonly level?: string;
  /** Of a socket (`ECONNRESET`), or the reason number of SSH_MSG_DISCONNECT. */
  readonly code?: string | number;
}

const noRoute = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENETDOWN', 'EHOSTDOWN']);

/** An error of a TCP connection in our words. */
export function socketError(endpoint: Endpoint, error: NodeJS.ErrnoException, seconds: number): NodemendError {
  const { node, address, port } = endpoint;
  const code = error.code ?? '';
  if (code === 'ECONNREFUSED') return new NodemendError('SSH_REFUSED', { node, address, port }, { cause: error });
  if (code === 'ETIMEDOUT')
    return new NodemendError('SSH_TIMED_OUT', { node, address, port, seconds }, { cause: error });
  if (noRoute.has(code)) return new NodemendError('SSH_NO_ROUTE', { node, address }, { cause: error });
  if (/^(ENOTFOUND|EAI_)/.test(code))
    return new NodemendError('SSH_NAME_UNRESOLVED', { node, address }, { cause: error });
  return lostError(endpoint, code || inOneLine(error.message), error);
}

export function lostError({ node }: Endpoint, detail: string, cause?: unknown): NodemendError {
  return new NodemendError('SSH_CONNECTION_LOST', { node, detail }, { cause });
}

/**
 * SSH_MSG_DISCONNECT reasons (RFC 4253 section 11.1) by which sshd ends a login: too many tries (2, by OpenSSH), 13,
 * 14.
 */
const loginReasons = new Set<unknown>([2, 13, 14]);

export interface HandshakeFailure {
  readonly endpoint: Endpoint;
  readonly error: Ssh2Error;
  /** What was offered, for people. */
  readonly tried: TextParams;
  /** The first bytes that the server sent. */
  readonly greeting: string;
  /** How long we were ready to wait. */
  readonly seconds: number;
}

/** An error of ssh2's handshake and login in our words. */
export function handshakeError({ endpoint, error, tried, greeting, seconds }: HandshakeFailure): NodemendError {
  const { node, address, port, user } = endpoint;
  if (error.level === 'client-socket') return socketError(endpoint, error as NodeJS.ErrnoException, seconds);
  if (error.level === 'client-authentication' || loginReasons.has(error.code)) {
    return new NodemendError('SSH_AUTH_FAILED', { node, user, ...tried }, { cause: error });
  }
  const what = /no matching (.+)$/i.exec(error.message)?.[1];
  if (what !== undefined) return new NodemendError('SSH_NEGOTIATION_FAILED', { node, what }, { cause: error });
  if (isForeign(greeting)) {
    return new NodemendError(
      'SSH_NOT_AN_SSH_SERVER',
      { node, address, port, detail: inOneLine(greeting) },
      { cause: error },
    );
  }
  return lostError(
    endpoint,
    inOneLine(greeting.startsWith('SSH-') || greeting === '' ? error.message : greeting),
    error,
  );
}

function isForeign(greeting: string): boolean {
  return greeting !== '' && !greeting.startsWith('SSH-') && !isBusy(greeting);
}
