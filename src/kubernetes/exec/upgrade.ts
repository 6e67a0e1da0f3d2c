import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';

/**
 * What became of the request that asks for a WebSocket: what the library, which follows the browsers' rules, keeps for
 * itself.
 */
export interface Upgrade {
  /** The server's connection, once it has changed the protocol. */
  socket?: Duplex;
  /** Its answer, when it has not. */
  answer?: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
  /** What failed below HTTP. */
  error?: Error;
}

/** Enough for a Status; a login page in front of the API server is cut off. */
const mostBytes = 64 * 1024;

/**
 * The same way to the server, with headers of our own (a list, in which a name may come more than once, which a
 * `Headers` would join) instead of a browser's, and an eye on the answer. No compression is offered: API servers know
 * none here.
 */
export function watchUpgrade(dispatcher: Dispatcher, headers: readonly string[], seen: Upgrade): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const handshake = Object.entries((options.headers ?? {}) as Record<string, string>).filter(([name]) =>
      handshakeHeaders.has(name.toLowerCase()),
    );
    return dispatch({ ...options, headers: [...handshake.flat(), ...headers] }, observe(handler, seen));
  });
}

const handshakeHeaders = new Set(['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol']);

function observe(handler: Dispatcher.DispatchHandler, seen: Upgrade): Dispatcher.DispatchHandler {
  const pieces: Buffer[] = [];
  let length = 0;
  let head: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
  return {
    onRequestStart: (controller, context: unknown) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) => {
      seen.socket = socket;
      handler.onRequestUpgrade?.(controller, status, headers, socket);
    },
    onResponseStart: (_controller, status, headers) => {
      // Before the answer itself, a server may say that it works on it (100 to 199).
      if (status >= 200) head = { status, headers };
    },
    onResponseData: (_controller, chunk) => {
      if (length < mostBytes) pieces.push(chunk);
      length += chunk.length;
    },
    onResponseEnd: (controller) => {
      if (head) seen.answer = { ...head, body: Buffer.concat(pieces) };
      handler.onResponseError?.(controller, new Error('no upgrade'));
    },
    onResponseError: (controller, error) => {
      seen.error = error;
      handler.onResponseError?.(controller, error);
    },
  };
}
