import type { Duplex } from 'node:stream';
import type { Dispatcher, WebSocket } from 'undici';
import { watchUpgrade, type Upgrade } from './upgrade.ts';

/** Shorter than the minute after which common load balancers drop a quiet connection. */
const pingMs = 15_000;
/** How long the other side may take to say goodbye. */
const closingMs = 1_000;

export interface WebSocketRequest {
  /** `https:` or `http:`. */
  readonly url: URL;
  /** Names and values one after the other. */
  readonly headers: readonly string[];
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Who hears of it; attached before the connection stands, so that no message is missed. */
export interface WebSocketListener {
  readonly onMessage: (message: ArrayBuffer) => void;
  /** Once, and only after it had stood. */
  readonly onClose: () => void;
}

export interface OpenWebSocket {
  readonly protocol: string;
  readonly send: (message: Uint8Array<ArrayBuffer>) => void;
  /** Says goodbye, and hangs up when that is not answered. Never throws. */
  readonly close: () => void;
}

export type Opening = { readonly opened: OpenWebSocket } | { readonly failed: Upgrade };

/** Opens a WebSocket by a dispatcher's way: its TLS, its client certificate, its proxy. @throws the signal's reason. */
export async function openWebSocket(
  dispatcher: Dispatcher,
  request: WebSocketRequest,
  listener: WebSocketListener,
): Promise<Opening> {
  const { signal } = request;
  signal?.throwIfAborted();
  const undici = await import('undici');
  const seen: Upgrade = {};
  const url = new URL(request.url);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  const webSocket = new undici.WebSocket(url, {
    protocols: [...request.protocols],
    dispatcher: watchUpgrade(dispatcher, request.headers, seen),
  });
  webSocket.binaryType = 'arraybuffer';
  webSocket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) listener.onMessage(data);
  });
  const abort = (): void => webSocket.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (!(await isOpened(webSocket, listener))) {
      signal?.throwIfAborted();
      return { failed: seen };
    }
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  const pinging = setInterval(() => undici.ping(webSocket), pingMs).unref();
  webSocket.addEventListener('close', () => clearInterval(pinging));
  return {
    opened: {
      protocol: webSocket.protocol,
      send: (message) => webSocket.send(message),
      close: () => closeSoon(webSocket, seen.socket),
    },
  };
}

function isOpened(webSocket: WebSocket, { onClose }: WebSocketListener): Promise<boolean> {
  return new Promise((resolve) => {
    let open = false;
    webSocket.addEventListener('open', () => {
      open = true;
      resolve(true);
    });
    // What the event says of an error is less than what was seen of the answer.
    webSocket.addEventListener('error', () => undefined);
    webSocket.addEventListener('close', () => {
      if (open) onClose();
      resolve(false);
    });
  });
}

function closeSoon(webSocket: WebSocket, socket: Duplex | undefined): void {
  webSocket.close();
  const timer = setTimeout(() => socket?.destroy(), closingMs);
  webSocket.addEventListener('close', () => clearTimeout(timer));
}
