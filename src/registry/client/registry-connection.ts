import { text } from 'node:stream/consumers';
import type { Dispatcher } from 'undici';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { chooseProxy } from '../../network/proxy.ts';
import { openRoute } from '../../network/route.ts';
import { registryError } from './registry-error.ts';
import type { Headers } from './rate-limit.ts';

export interface ConnectionOptions {
  /** For HTTPS_PROXY and its like. */
  readonly environment: NodeJS.ProcessEnv;
  /** PEM: trusted instead of the system's authorities. */
  readonly ca?: string;
  /** For the connection, and again for the answer. */
  readonly timeoutMs?: number;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether what the answer says is needed, or only that it came. */
  readonly read: boolean;
  readonly signal: AbortSignal;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of whoever answered in the end, after redirects. */
  readonly origin?: string;
  /** At most `longestBody` bytes; empty when it was not asked for. */
  readonly body: string;
}

/** Whatever sends requests to registries: this process, or a node for it. */
export interface RegistrySender {
  /** @throws NodemendError REGISTRY_…; the signal's reason */
  readonly send: (request: RegistryRequest) => Promise<RegistryAnswer>;
  readonly close: () => Promise<void>;
}

/** Tokens and errors are small; whatever is longer is something else. */
const longestBody = 256 * 1024;
const mostRedirects = 3;

/** HTTP to registries and to the servers of their tokens. */
export class RegistryConnection implements RegistrySender {
  readonly #options: ConnectionOptions;
  readonly #timeoutMs: number;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  /**
   * Sends a request and follows redirects, a few; `Authorization` goes to no other origin than it was meant for, and
   * never from https to http.
   * @throws NodemendError REGISTRY_UNREACHABLE, REGISTRY_UNTRUSTED, REGISTRY_ANSWER_INVALID; the signal's reason.
   */
  send(request: RegistryRequest): Promise<RegistryAnswer> {
    return followed(request, (one) => this.#sendOnce(one));
  }

  async #sendOnce({ method, url, headers, read, signal }: RegistryRequest): Promise<RegistryAnswer> {
    const proxy = chooseProxy(url, undefined, this.#options.environment);
    // However slowly it drips in: for the connection, for its first byte and for the rest.
    const whole = AbortSignal.timeout(3 * this.#timeoutMs);
    try {
      const undici = await import('undici');
      const dispatcher = await this.#dispatcherBy(proxy);
      const timeouts = { headersTimeout: this.#timeoutMs, bodyTimeout: this.#timeoutMs };
      const bounded = AbortSignal.any([signal, whole]);
      const answer = await undici.request(url, { method, headers, signal: bounded, dispatcher, ...timeouts });
      const body = read ? await boundedText(answer.body, url) : '';
      // A short one is read, so that the connection can be used again; a list of tags may be long.
      if (!read) await answer.body.dump({ limit: longestBody });
      return { status: answer.statusCode, headers: answer.headers, body };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NodemendError) throw error;
      if (whole.aborted) throw dripping(url, this.#timeoutMs);
      throw registryError(error, { host: url.host, proxied: proxy !== undefined, seconds: this.#timeoutMs / 1000 });
    }
  }

  #dispatcherBy(proxy: URL | undefined): Promise<Dispatcher> {
    const key = proxy?.href ?? '';
    const known = this.#dispatchers.get(key);
    if (known) return known;
    const tls = { ca: this.#options.ca, serverName: undefined, insecure: false };
    const made = openRoute({ tls, proxy }, undefined, { connectTimeoutMs: this.#timeoutMs }).then(
      ({ dispatcher }) => dispatcher,
    );
    this.#dispatchers.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#dispatchers.values()].map(async (dispatcher) => (await dispatcher).destroy()));
  }
}

/** @throws NodemendError REGISTRY_ANSWER_INVALID for too many redirects, or one out of TLS; and what `sendOnce` throws */
export async function followed(request: RegistryRequest, sendOnce: RegistrySender['send']): Promise<RegistryAnswer> {
  let current = request;
  for (let hops = 0; ; hops++) {
    const answer = await sendOnce(current);
    const location = isRedirect(answer.status) ? answer.headers['location'] : undefined;
    if (typeof location !== 'string') return { ...answer, origin: current.url.origin };
    if (hops === mostRedirects) throw invalid(current.url, 'it redirects again and again');
    current = redirected(current, location);
  }
}

async function boundedText(body: NodeJS.ReadableStream, url: URL): Promise<string> {
  let size = 0;
  return text(
    (async function* pieces() {
      for await (const piece of body as AsyncIterable<Buffer>) {
        size += piece.length;
        if (size > longestBody) throw invalid(url, `its answer is longer than ${longestBody / 1024} KiB`);
        yield piece;
      }
    })(),
  );
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** @throws NodemendError REGISTRY_ANSWER_INVALID: nobody is led out of TLS, nor out of HTTP. */
function redirected(request: RegistryRequest, location: string): RegistryRequest {
  const { url, headers } = request;
  const next = URL.parse(location, url.href);
  if (next === null || (next.protocol !== 'https:' && next.protocol !== 'http:') || isOutOfTls(url, next))
    throw invalid(url, `it redirects to ${next?.origin ?? 'nowhere'}`);
  const kept =
    next.origin === url.origin
      ? Object.entries(headers)
      : Object.entries(headers).filter(([name]) => name !== 'authorization');
  return { ...request, url: next, headers: Object.fromEntries(kept) };
}

function isOutOfTls(url: URL, next: URL): boolean {
  return url.protocol === 'https:' && next.protocol !== 'https:';
}

function dripping({ host }: URL, timeoutMs: number): NodemendError {
  const seconds = (3 * timeoutMs) / 1000;
  const problem = `its answer had not ended after ${seconds} s`;
  return new NodemendError('REGISTRY_UNREACHABLE', { host, seconds, problem, context: 'timeout' });
}

export function invalid(url: URL, problem: string): NodemendError {
  return new NodemendError('REGISTRY_ANSWER_INVALID', { host: url.host, problem });
}
