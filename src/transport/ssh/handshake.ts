import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2';
import { Client } from 'ssh2';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import { sentenceValue } from '../../errors/sentences.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { Endpoint } from '../endpoint.ts';
import { within, type Limits } from '../within.ts';
import { offeredAlgorithms, type HostKeyTypes } from './algorithms.ts';
import type { HostKeyCheck, HostKeyDecision } from './host-key-check.ts';
import type { Offers } from './keyring.ts';
import { handshakeError, lostError } from './ssh-errors.ts';

export interface Handshake extends Limits {
  /** A TCP connection, or a channel through a bastion. */
  readonly socket: Duplex;
  readonly offers: Offers;
  readonly hostKeys: HostKeyCheck;
  readonly types: HostKeyTypes;
}

/** A server that proved its host key and let us in. */
export interface LoggedIn {
  readonly state: 'logged-in';
  readonly client: Client;
  /** `SHA256:…` */
  readonly hostKey: string;
}

export type HandshakeOutcome = LoggedIn | Extract<HostKeyDecision, { readonly decision: 'ask-for' }>;

/** Milliseconds between signs of life; three that stay unanswered end the connection. */
const keepaliveMs = 15_000;

/**
 * Runs the SSH handshake and the login on an open connection.
 * @throws NodemendError SSH_…, COMMAND_INTERRUPTED, KNOWN_HOSTS_…; the connection is closed then.
 */
export async function shakeHands(handshake: Handshake): Promise<HandshakeOutcome> {
  const { socket } = handshake;
  const client = new Client();
  try {
    const outcome = await within(handshake, converse(client, handshake), () => undefined);
    if ('decision' in outcome) client.destroy();
    return outcome;
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  }
}

function converse(client: Client, handshake: Handshake): Promise<HandshakeOutcome> {
  const { endpoint, socket, deadline } = handshake;
  return new Promise((resolve, reject) => {
    let decided: HostKeyDecision | undefined;
    let greeting = '';
    const explain = (error: Error): NodemendError =>
      refusalOf(decided) ??
      handshakeError({ endpoint, error, tried: triedKeys(handshake.offers), greeting, seconds: deadline.seconds });
    // Stays for good: an 'error' event without a listener would end the process.
    client.on('error', (error: Error & { readonly level?: string }) => {
      // An agent that does not sign is not a failure yet: the next key is tried.
      if (error.level !== 'agent') reject(explain(error));
    });
    client.once('close', () => reject(lostError(endpoint, 'the server closed it during the handshake')));
    client.once('ready', () => {
      confirm(endpoint, decided).then((hostKey) => resolve({ state: 'logged-in', client, hostKey }), reject);
    });
    client.connect({
      sock: socket,
      username: endpoint.user,
      algorithms: offeredAlgorithms(handshake.types),
      authHandler: offerInTurn(handshake),
      hostVerifier: (key: Buffer, verify: (permitted: boolean) => void) => {
        const apply = (decision: HostKeyDecision): void => {
          decided = decision;
          if (decision.decision === 'ask-for') resolve(decision);
          verify(decision.decision === 'accept' || decision.decision === 'accept-new');
        };
        handshake.hostKeys.decide(endpoint, key).then(apply).catch(reject);
      },
      keepaliveInterval: keepaliveMs,
      // The deadline is ours.
      readyTimeout: 0,
    });
    socket.once('data', (chunk: Buffer) => {
      greeting = chunk.toString('latin1', 0, 100);
    });
  });
}

function refusalOf(decision: HostKeyDecision | undefined): NodemendError | undefined {
  return decision?.decision === 'refuse' ? decision.error : undefined;
}

/** After login: the fingerprint of the key that was verified; a new one is written down. */
async function confirm(endpoint: Endpoint, decision: HostKeyDecision | undefined): Promise<string> {
  if (decision === undefined || !('fingerprint' in decision))
    throw lostError(endpoint, 'the host key was not verified');
  if (decision.decision === 'accept-new') await decision.remember();
  return decision.fingerprint;
}

/** Offers one key after the other, as long as the server takes keys at all. */
function offerInTurn({ offers, endpoint }: Handshake): AuthHandlerMiddleware {
  const left = [...offers.offers];
  // Before the first try there is no list of methods; the library's types do not know.
  const next = (methods: readonly string[] | null): AnyAuthMethod | false => {
    const offer = methods === null || methods.includes('publickey') ? left.shift() : undefined;
    return offer ? offer.method(endpoint.user) : false;
  };
  return next;
}

/** For SSH_AUTH_FAILED. */
function triedKeys({ offers, leftOut }: Offers): TextParams {
  const tried = offers.map(({ label }) => label).join(', ');
  return leftOut.length === 0 ? { tried } : { tried, context: 'leftOut', ...sentenceValue('leftOut', leftOut) };
}
