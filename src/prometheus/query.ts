import { text } from 'node:stream/consumers';
import type { Sentence } from '../errors/sentences.ts';
import { chooseProxy } from '../network/proxy.ts';
import { failureKind, notTls, problemOf, systemErrorOf, type FailureKind } from '../network/failure.ts';
import { oneLine } from '../network/one-line.ts';
import { openRoute } from '../network/route.ts';

/** A Prometheus server, or what answers as one does (Thanos, Mimir, VictoriaMetrics). */
export interface PrometheusServer {
  /** Its root, with a path where it is behind one. */
  readonly url: URL;
  /** PEM: trusted instead of the system's authorities. */
  readonly ca: string | undefined;
  /** Value of the header of that name. */
  readonly authorization: string | undefined;
  /** For HTTPS_PROXY and its like. */
  readonly environment: NodeJS.ProcessEnv;
  /** For the connection, and again for the answer. */
  readonly timeoutMs?: number;
}

/** What it answered, as JSON, or why there is nothing to go by. */
export type PrometheusAnswer = { readonly known: true; readonly body: unknown } | UnknownAnswer;

interface UnknownAnswer {
  readonly known: false;
  /** English, one line. */
  readonly reason: string;
  /** The same for readers of other languages. */
  readonly said: Sentence;
}

/** Some thousand series of alerts. */
const longestBody = 4 * 1024 * 1024;
const usualTimeoutMs = 10_000;

/**
 * Asks `/api/v1/query` once. Redirects are not followed: what leads to a login page is not an answer, and credentials
 * go nowhere else. Answers of 400, 422 and 503 are JSON with the error in them (Prometheus docs/querying/api.md,
 * "Format overview").
 *
 * @throws the signal's reason; everything else is an answer that is not known
 */
export async function queryPrometheus(
  server: PrometheusServer,
  query: string,
  signal: AbortSignal,
): Promise<PrometheusAnswer> {
  const { url, timeoutMs = usualTimeoutMs } = server;
  const proxy = chooseProxy(url, undefined, server.environment);
  const whole = AbortSignal.timeout(3 * timeoutMs);
  const tls = { ca: server.ca, serverName: undefined, insecure: false };
  const { dispatcher } = await openRoute({ tls, proxy }, undefined, { connectTimeoutMs: timeoutMs });
  try {
    const undici = await import('undici');
    const answer = await undici.request(queryUrl(url, query), {
      dispatcher,
      headers: {
        accept: 'application/json',
        ...(server.authorization === undefined ? {} : { authorization: server.authorization }),
      },
      signal: AbortSignal.any([signal, whole]),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return readAnswer(answer.statusCode, await boundedText(answer.body));
  } catch (error) {
    signal.throwIfAborted();
    if (!whole.aborted) return failed(error, proxy !== undefined);
    const seconds = (3 * timeoutMs) / 1000;
    return unknown('slow', { seconds }, `no whole answer in ${seconds} s`);
  } finally {
    await dispatcher.destroy();
  }
}

function queryUrl({ href }: URL, query: string): URL {
  const asked = new URL('api/v1/query', href.endsWith('/') ? href : `${href}/`);
  asked.username = '';
  asked.password = '';
  asked.searchParams.set('query', query);
  return asked;
}

function readAnswer(status: number, body: string | undefined): PrometheusAnswer {
  if (body === undefined) {
    const size = longestBody / 1024 / 1024;
    return unknown('long', { size }, `its answer is longer than ${size} MiB`);
  }
  try {
    const parsed: unknown = JSON.parse(body);
    const isOwn = typeof parsed === 'object' && parsed !== null && 'status' in parsed;
    if (isOwn && (status < 300 || status >= 400)) return { known: true, body: parsed };
  } catch {
    // A page of a proxy, or of a login.
  }
  return unknown('foreign', { status }, `HTTP ${status}, and no answer of Prometheus`);
}

async function boundedText(body: NodeJS.ReadableStream): Promise<string | undefined> {
  let size = 0;
  let isTooLong = false;
  const read = await text(
    (async function* pieces() {
      for await (const piece of body as AsyncIterable<Buffer>) {
        size += piece.length;
        isTooLong = size > longestBody;
        if (isTooLong) return;
        yield piece;
      }
    })(),
  );
  return isTooLong ? undefined : read;
}

function failed(error: unknown, proxied: boolean): UnknownAnswer {
  const system = systemErrorOf(error);
  const mistaken = notTls(system);
  const kind = failureKind(system, proxied);
  const problem = oneLine(mistaken ?? problemOf(system));
  return unknown(mistaken === undefined ? kind : 'protocol', { problem }, `${kind}: ${problem}`);
}

function unknown(key: FailureKind | OwnReason, params: Sentence['params'] & {}, reason: string): UnknownAnswer {
  return { known: false, reason, said: { key: `prometheus.${key}`, params } };
}

type OwnReason = 'slow' | 'long' | 'foreign' | 'protocol';
