import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { clockSkewMs } from './clock-skew.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { connectionError } from './connection-error.ts';
import type { Credential } from './credentials.ts';
import { openRoute, type Route } from '../network/route.ts';
import { openWebSocket, type Opening, type WebSocketListener } from './exec/web-socket.ts';
import { requestTarget, type ApiRequest } from './request.ts';
import { requestHeaders } from './request-headers.ts';
import type { Timing } from './timing.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** What the request was sent with, to be rejected after a 401. */
  readonly credential: Credential;
}

/** Sends requests to one API server and knows nothing of what they mean. */
export interface Connection {
  readonly access: ClusterAccess;
  readonly timing: Timing;
  /** Longest silence of a watch. */
  readonly watchSilenceMs: number;
  /** Longest time for a whole answer. */
  readonly answerMs: number;
  /** @throws NodemendError API_… for what fails below HTTP, EXEC_PLUGIN_…; the signal's reason when aborted. */
  readonly send: (request: ApiRequest) => Promise<RawAnswer>;
  /** As `send` for what fails before the request; what became of the request is given. */
  readonly openWebSocket: (
    request: ApiRequest,
    protocols: readonly string[],
    listener: WebSocketListener,
  ) => Promise<WebSocketAnswer>;
  readonly clockSkewMs: () => number | undefined;
  /** Whether anything has been answered so far. */
  readonly met: () => boolean;
  readonly close: () => Promise<void>;
}

export interface WebSocketAnswer {
  readonly opening: Opening;
  readonly credential: Credential;
}

export interface ConnectionOptions {
  readonly timing: Timing;
  /** Longest wait for a TCP connection and its TLS handshake; 10 s. */
  readonly connectTimeoutMs?: number;
  /**
   * Longest silence of the server. The API server itself ends a request after 60 s (`--request-timeout`), so more than
   * that.
   */
  readonly silenceMs?: number;
  /**
   * Longest silence of a watch; 150 s. The server sends a bookmark each minute (apiserver pkg/storage/cacher/cacher.go,
   * defaultBookmarkFrequency), so two were lost: something on the way swallowed the connection.
   */
  readonly watchSilenceMs?: number;
  /**
   * Longest time for a whole answer, however it drips in; of streams it is not asked. The API server gives a request
   * 60 s, a slow line some more.
   */
  readonly answerMs?: number;
}

export function openConnection(access: ClusterAccess, options: ConnectionOptions): Connection {
  const { timing, connectTimeoutMs = 10_000, silenceMs = 75_000 } = options;
  const { watchSilenceMs = 150_000, answerMs = 180_000 } = options;
  const routes = new Map<string, Promise<Route>>();
  let skewMs: number | undefined;
  let met = false;

  /** An exec plugin may bring a new client certificate: connections made with the old one are left to end. */
  const routeFor = ({ certificate }: Credential): Promise<Route> => {
    const key = certificate?.certificate ?? '';
    const existing = routes.get(key);
    if (existing) return existing;
    for (const old of routes.values()) void old.then(({ dispatcher }) => dispatcher.close());
    routes.clear();
    const opened = openRoute(access, certificate, { connectTimeoutMs });
    routes.set(key, opened);
    return opened;
  };

  const send = async (request: ApiRequest): Promise<RawAnswer> => {
    request.signal?.throwIfAborted();
    const credential = await access.credentials.current(request.signal);
    const route = await routeFor(credential);
    const waitMs = request.silenceMs ?? silenceMs;
    const sentAt = timing.now();
    const startedAt = performance.now();
    try {
      const { statusCode, headers, body } = await route.dispatcher.request({
        origin: access.server.origin,
        path: serverPath(access, request),
        method: request.method,
        headers: requestHeaders(request, credential, access.impersonate),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        headersTimeout: waitMs,
        bodyTimeout: waitMs,
        ...(request.signal ? { signal: request.signal } : {}),
      });
      met = true;
      skewMs = clockSkewMs(headers, sentAt, timing.now()) ?? skewMs;
      return { status: statusCode, headers, body, credential };
    } catch (error) {
      request.signal?.throwIfAborted();
      const seconds =
        (error as { code?: string }).code === 'UND_ERR_CONNECT_TIMEOUT' ? connectTimeoutMs / 1000 : waitMs / 1000;
      throw connectionError(route.alertSince(startedAt) ?? error, { access, path: request.path, seconds });
    }
  };

  const openSocket: Connection['openWebSocket'] = async (request, protocols, listener) => {
    const credential = await access.credentials.current(request.signal);
    const { dispatcher } = await routeFor(credential);
    const url = new URL(serverPath(access, request), access.server.origin);
    const headers = requestHeaders(request, credential, access.impersonate);
    return {
      opening: await openWebSocket(dispatcher, { url, headers, protocols, signal: request.signal }, listener),
      credential,
    };
  };

  const close = async () => {
    const open = [...routes.values()];
    routes.clear();
    await Promise.allSettled(open.map(async (route) => (await route).dispatcher.destroy()));
  };

  return {
    access,
    timing,
    watchSilenceMs,
    answerMs,
    send,
    openWebSocket: openSocket,
    clockSkewMs: () => skewMs,
    met: () => met,
    close,
  };
}

/** The server may stand below a path of its own. */
function serverPath({ server }: ClusterAccess, request: ApiRequest): string {
  return `${server.pathname.replace(/\/$/, '')}${requestTarget(request)}`;
}
