import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { JsonObject, WatchEvent, WatchOptions } from './api.ts';
import { parseFailure, readBytes, tooLarge } from './answer-body.ts';
import type { Connection } from './connection.ts';
import { connectionError } from './connection-error.ts';
import type { ApiRequest } from './request.ts';
import { backoffMs } from './retry.ts';
import { readStatus, statusError } from './status-error.ts';
import { readLines } from './watch-lines.ts';

/** A server that ends watches at once must not be asked in a loop; client-go calls this a very short watch. */
const shortWatchMs = 1_000;

/**
 * Follows a collection: bookmarks are asked for, each connection is ended by the server after a while, and the next one
 * goes on at the last version seen.
 * @throws NodemendError API_EXPIRED; others that do not pass by themselves (401, 403, 404, certificates).
 */
export async function* watchFrom<T>(
  connection: Connection,
  path: string,
  options: WatchOptions<T>,
): AsyncGenerator<WatchEvent<T>, never> {
  const { timing } = connection;
  let { resourceVersion } = options;
  let failures = 0;
  for (;;) {
    const openedAt = timing.monotonicMs();
    let failure: unknown;
    try {
      for await (const event of watchOnce(connection, path, { ...options, resourceVersion })) {
        failures = 0;
        resourceVersion = event.resourceVersion;
        yield event;
      }
    } catch (error) {
      failure = passingOnly(error);
    }
    if (failure === undefined && timing.monotonicMs() - openedAt >= shortWatchMs) continue;
    const waitMs = backoffMs(++failures, timing.random());
    if (failure !== undefined) options.onRetry?.(failure, waitMs);
    await timing.sleep(waitMs, options.signal);
  }
}

/** Gives an error that may pass by itself back, throws any other. */
function passingOnly(error: unknown): unknown {
  if (isNodemendError(error) && error.retryable) return error;
  throw error;
}

async function* watchOnce<T>(
  connection: Connection,
  path: string,
  options: WatchOptions<T>,
): AsyncGenerator<WatchEvent<T>, void> {
  const { labelSelector, fieldSelector, resourceVersion, signal, project } = options;
  const timeoutSeconds = options.timeoutSeconds ?? Math.round(300 * (1 + connection.timing.random()));
  const silenceMs = Math.min((timeoutSeconds + 30) * 1000, connection.watchSilenceMs);
  const request: ApiRequest = {
    method: 'GET',
    path,
    query: { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, labelSelector, fieldSelector },
    gzip: false,
    // The server speaks each minute, and when it ends the watch.
    silenceMs,
    signal,
  };
  const answer = await sendAuthenticated(connection, request);
  if (answer.status !== 200) {
    const bytes = await readBytes(answer, request, connection);
    throw statusError(readStatus(answer.status, parseFailure(bytes, answer)), request, connection.access);
  }
  try {
    for await (const line of readLines(answer.body))
      yield readEvent(parseLine(line, request, connection), request, { connection, project });
  } catch (error) {
    signal?.throwIfAborted();
    if (isNodemendError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(connection.access, request);
    throw connectionError(error, { access: connection.access, path, seconds: silenceMs / 1000 });
  } finally {
    answer.body.destroy();
  }
}

/** A token may have expired since the last connection of the watch. */
async function sendAuthenticated(connection: Connection, request: ApiRequest) {
  const answer = await connection.send(request);
  if (answer.status !== 401 || !connection.access.credentials.reject(answer.credential)) return answer;
  answer.body.resume();
  return connection.send(request);
}

interface Line {
  readonly type?: unknown;
  readonly object?: JsonObject;
}

/** A line that is not JSON is an error and never skipped: an event would be lost without anybody knowing. */
function parseLine(line: string, { path }: ApiRequest, { access }: Connection): Line {
  try {
    return JSON.parse(line) as Line;
  } catch (cause) {
    throw new NodemendError(
      'API_ANSWER_INVALID',
      { server: access.server.origin, path, problem: 'a watch line is not JSON' },
      { cause },
    );
  }
}

interface EventContext<T> {
  readonly connection: Connection;
  readonly project: (raw: JsonObject) => T;
}

function readEvent<T>(
  { type, object }: Line,
  request: ApiRequest,
  { connection, project }: EventContext<T>,
): WatchEvent<T> {
  if (type === 'ERROR')
    throw statusError(readStatus(Number(object?.['code'] ?? 500), object), request, connection.access);
  const metadata = object?.['metadata'] as { readonly resourceVersion?: string } | undefined;
  if (!object || metadata?.resourceVersion === undefined || !isEventType(type)) {
    throw new NodemendError('API_ANSWER_INVALID', {
      server: connection.access.server.origin,
      path: request.path,
      problem: 'a watch line is no event',
    });
  }
  const { resourceVersion } = metadata;
  return type === 'BOOKMARK' ? { type, resourceVersion } : { type, resourceVersion, object: project(object) };
}

function isEventType(type: unknown): type is WatchEvent<unknown>['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
}
