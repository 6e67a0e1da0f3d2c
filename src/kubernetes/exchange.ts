import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { Json, JsonObject } from './api.ts';
import { parseFailure, readBytes, readJson, releaseBytes, type ReadAnswer } from './answer-body.ts';
import type { Connection, RawAnswer } from './connection.ts';
import type { ApiRequest } from './request.ts';
import { retryAfterError, retryAfterStatus } from './retry.ts';
import { readStatus, statusError, type ApiStatus } from './status-error.ts';

/** One request and its whole answer: its bytes, or what the server said against it. */
export type Outcome = ({ readonly ok: true } & ReadAnswer) | { readonly ok: false; readonly status: ApiStatus };

export interface AnswerReader<T> {
  /** Told the first bytes of a good answer while the rest is on its way; again for each repetition. */
  readonly seen?: (head: Buffer) => void;
  /** Gives undefined for JSON of another kind than was asked for; repeated along with the request. */
  readonly read: (bytes: Buffer) => T | undefined;
}

/**
 * Sends a request, repeated within bounds where that is safe, and gives the answer's object.
 * @throws NodemendError API_…
 */
export async function exchange(connection: Connection, request: ApiRequest): Promise<JsonObject> {
  return exchangeAs(connection, request, { read: readObject });
}

/** As `exchange`, with the answer's bytes read by the caller. */
export async function exchangeAs<T>(connection: Connection, request: ApiRequest, reader: AnswerReader<T>): Promise<T> {
  const { timing } = connection;
  for (let attempt = 1; ; attempt++) {
    const question = { attempt, readOnly: request.method === 'GET', chance: timing.random(), met: connection.met() };
    const outcome = await attemptOnce(connection, request, reader).catch((error: unknown) => ({ error }));
    if ('value' in outcome) return outcome.value;
    const waitMs =
      'status' in outcome ? retryAfterStatus(outcome.status, question) : retryAfterError(outcome.error, question);
    if (waitMs === undefined)
      throw 'status' in outcome ? statusError(outcome.status, request, connection.access) : outcome.error;
    await timing.sleep(waitMs, request.signal);
  }
}

async function attemptOnce<T>(connection: Connection, request: ApiRequest, { seen, read }: AnswerReader<T>) {
  const outcome = await exchangeOnce(connection, request, seen);
  if (!outcome.ok) return { status: outcome.status };
  const value = readJson(outcome, request, connection, read);
  releaseBytes(outcome.bytes);
  return { value };
}

function readObject(bytes: Buffer): JsonObject | undefined {
  const value = JSON.parse(bytes.toString('utf8')) as Json;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/**
 * Sends a request once, twice when a 401 may be cured by a fresh token.
 * @throws NodemendError API_… for what fails below HTTP; an answer of 400 and above is given, not thrown.
 */
export async function exchangeOnce(
  connection: Connection,
  request: ApiRequest,
  seen?: (head: Buffer) => void,
): Promise<Outcome> {
  const first = await sendAndRead(connection, request, seen);
  if (first.answer.status !== 401 || !connection.access.credentials.reject(first.answer.credential))
    return outcomeOf(first, connection);
  return outcomeOf(await sendAndRead(connection, request, seen), connection);
}

async function sendAndRead(
  connection: Connection,
  request: ApiRequest,
  seen?: (head: Buffer) => void,
): Promise<ReadAnswer> {
  const { access, answerMs } = connection;
  // First, because a person may have to log in for it.
  await access.credentials.current(request.signal);
  const deadline = AbortSignal.timeout(answerMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  const bounded = { gzip: access.compress, ...request, signal };
  try {
    const answer = await connection.send(bounded);
    return { answer, bytes: await readBytes(answer, bounded, connection, answer.status === 200 ? seen : undefined) };
  } catch (error) {
    request.signal?.throwIfAborted();
    if (!deadline.aborted || isNodemendError(error)) throw error;
    throw new NodemendError('API_TIMED_OUT', { server: access.server.origin, seconds: answerMs / 1000 });
  }
}

function outcomeOf({ answer, bytes }: ReadAnswer, { access }: Connection): Outcome {
  if (answer.status >= 200 && answer.status < 300) return { ok: true, bytes, answer };
  if (answer.status < 400) throw redirected(answer, access.server.origin);
  if (answer.status === 401) throwIfExpired(answer, access.user, access.clientCertificateNotAfter);
  const status = readStatus(answer.status, parseFailure(bytes, answer), header(answer, 'retry-after'));
  return { ok: false, status };
}

/** kube-apiserver takes any client certificate and answers 401 to an expired one; its own clock decides, not ours. */
function throwIfExpired(answer: RawAnswer, user: string, notAfter: Date | undefined): void {
  const serverTime = Date.parse(header(answer, 'date') ?? '');
  if (notAfter && serverTime > notAfter.getTime()) {
    throw new NodemendError('API_CLIENT_CERTIFICATE_EXPIRED', { user, notAfter: notAfter.toISOString() });
  }
}

/** An API server never redirects; a login page in front of it does. */
function redirected(answer: RawAnswer, server: string): NodemendError {
  const location = URL.parse(header(answer, 'location') ?? '', server);
  return new NodemendError('API_ANSWER_INVALID', {
    server,
    path: location?.pathname ?? '',
    problem: `HTTP ${answer.status} to ${location?.host ?? '?'}`,
  });
}

function header({ headers }: RawAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
