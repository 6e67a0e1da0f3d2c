import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { answer, type Answer } from './handler.ts';
import { Pager } from './lists.ts';
import type { ApiRequest } from './request.ts';
import type { Identity } from './roles.ts';
import { badRequest, refusal, type Refusal } from './status.ts';
import type { ObjectStore } from './store.ts';
import type { Watch } from './watches.ts';

export interface FakeApiOptions {
  readonly store: ObjectStore;
  /** PEM. Client certificates are checked against the same authority. */
  readonly tls: { readonly key: string; readonly certificate: string; readonly authority: string };
  /** By the common name of a client certificate. */
  readonly users: Readonly<Record<string, Identity>>;
  /** By bearer token. */
  readonly tokens: Readonly<Record<string, Identity>>;
  /** How long a continue token lives, milliseconds; default five minutes. */
  readonly tokenLifeMs?: number;
}

/** In every answer, so that nobody takes the practice cluster for a real one. */
const fakeHeader = { 'x-nodemend-lab': 'practice cluster, not a Kubernetes API server' } as const;

const largestBody = 3 * 1024 * 1024;

/**
 * A fake Kubernetes API server over HTTPS, as far as nodemend uses one. The caller listens, or hands connections in.
 */
export function fakeApi(options: FakeApiOptions): Server {
  const { key, certificate: cert, authority: ca } = options.tls;
  const pager = new Pager(options.store, options.tokenLifeMs ?? 5 * 60_000);
  const tls = { key, cert, ca, requestCert: true, rejectUnauthorized: false };
  return createServer({ ...tls, keepAliveTimeout: 60_000 }, (incoming, response) => {
    void handle(options, pager, incoming)
      .then((result) => respond(response, result))
      .catch((error: Error) => respond(response, { refused: refusal(500, 'InternalError', error.message) }));
  });
}

async function handle(options: FakeApiOptions, pager: Pager, incoming: IncomingMessage): Promise<Answer> {
  const url = new URL(incoming.url ?? '/', 'https://lab');
  if (['/healthz', '/livez', '/readyz'].includes(url.pathname)) return { code: 200, body: { status: 'ok' } };
  const identity = identify(options, incoming);
  if (!identity) return { refused: refusal(401, 'Unauthorized', 'Unauthorized') };
  const body = await readBody(incoming);
  if ('refused' in body) return body;
  const request: ApiRequest = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    contentType: (incoming.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    body: body.json,
    identity,
  };
  return answer(options.store, pager, request);
}

function identify(options: FakeApiOptions, incoming: IncomingMessage): Identity | undefined {
  const token = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
  if (token !== undefined) return options.tokens[token];
  const socket = incoming.socket as TLSSocket;
  if (!socket.authorized) return undefined;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? options.users[name] : undefined;
}

async function readBody(
  incoming: IncomingMessage,
): Promise<{ readonly json: unknown } | { readonly refused: Refusal }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return { refused: refusal(413, 'RequestEntityTooLarge', `limit is ${largestBody}`) };
    chunks.push(chunk);
  }
  if (size === 0) return { json: undefined };
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
  } catch (error) {
    return { refused: badRequest(`the body is not JSON: ${(error as Error).message}`) };
  }
}

function respond(response: ServerResponse, result: Answer): void {
  const headers = { ...fakeHeader, 'content-type': 'application/json' };
  if ('watch' in result) {
    stream(response, headers, result.watch);
    return;
  }
  const { code, body, retryAfterSeconds } =
    'refused' in result ? result.refused : { ...result, retryAfterSeconds: undefined };
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (typeof body === 'string') {
    response.writeHead(code, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(body);
    return;
  }
  response.writeHead(code, { ...headers, ...retry });
  response.end(`${JSON.stringify(body)}\n`);
}

function stream(response: ServerResponse, headers: Readonly<Record<string, string>>, watch: Watch): void {
  response.writeHead(200, headers);
  response.flushHeaders();
  const stop = watch.start(
    (line) => response.write(line),
    () => response.end(),
  );
  response.once('close', stop);
}
