import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { Json, JsonObject, ListOptions, Snapshot } from './api.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { peekContinue } from './peek-continue.ts';
import type { ApiRequest } from './request.ts';

const defaultLimit = 500;
/** A list that cannot be read in the five minutes that the server keeps its state would otherwise start again for ever. */
const maxRestarts = 3;

/**
 * Reads a collection page by page. While one page is parsed and projected the next one is already on its way, and of each
 * page only what `project` returns stays.
 * @throws NodemendError API_EXPIRED when it had to start again too often; any other API_….
 */
export async function listAll<T>(connection: Connection, path: string, options: ListOptions<T>): Promise<Snapshot<T>> {
  for (let restart = 0; restart <= maxRestarts; restart++) {
    const inFlight = new AbortController();
    try {
      return await listOnce({ connection, path, options, signal: AbortSignal.any([inFlight.signal, ...(options.signal ? [options.signal] : [])]) });
    } catch (error) {
      if (!(error instanceof ContinueExpired)) throw error;
    } finally {
      inFlight.abort();
    }
  }
  throw new NodemendError('API_EXPIRED', { path });
}

/** A 410 to a continue token: what came before it is of another time and is dropped. */
class ContinueExpired extends Error {}

interface ListRun<T> {
  readonly connection: Connection;
  readonly path: string;
  readonly options: ListOptions<T>;
  readonly signal: AbortSignal;
}

interface PendingPage {
  readonly token: string | undefined;
  readonly list: Promise<JsonObject>;
  /** The page after this one, asked for as soon as this one has arrived. */
  ahead: PendingPage | undefined;
}

async function listOnce<T>(run: ListRun<T>): Promise<Snapshot<T>> {
  const items: T[] = [];
  let pending = requestPage(run, undefined);
  for (;;) {
    const page = readPage(await pending.list, run);
    for (const item of page.items) items.push(run.options.project(item));
    run.options.onPage?.(items.length);
    if (page.token === undefined) return { items, resourceVersion: page.resourceVersion };
    pending = pending.ahead?.token === page.token ? pending.ahead : requestPage(run, page.token);
  }
}

function requestPage<T>(run: ListRun<T>, token: string | undefined): PendingPage {
  const { limit = defaultLimit, labelSelector, fieldSelector } = run.options;
  const request: ApiRequest = { method: 'GET', path: run.path, query: { limit, continue: token, labelSelector, fieldSelector }, signal: run.signal };
  const arrived = (bytes: Buffer) => {
    const next = peekContinue(bytes);
    if (next !== undefined && next !== pending.ahead?.token) pending.ahead = requestPage(run, next);
  };
  const list = exchange(run.connection, request, arrived).catch((error: unknown) => {
    throw token !== undefined && isNodemendError(error) && error.code === 'API_EXPIRED' ? new ContinueExpired() : error;
  });
  // It is awaited only after the page before it was read, which may fail first.
  list.catch(() => undefined);
  const pending: PendingPage = { token, list, ahead: undefined };
  return pending;
}

interface Page {
  readonly items: readonly JsonObject[];
  readonly token: string | undefined;
  readonly resourceVersion: string;
}

function readPage<T>(list: JsonObject, { connection, path }: ListRun<T>): Page {
  const { items, metadata } = list as { readonly items?: Json; readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string } };
  // An empty collection may be `null` on old servers.
  if ((!Array.isArray(items) && items !== null) || !metadata) {
    throw new NodemendError('API_ANSWER_INVALID', { server: connection.access.server.origin, path, problem: 'no list' });
  }
  return { items: (items ?? []) as readonly JsonObject[], token: metadata.continue || undefined, resourceVersion: metadata.resourceVersion ?? '' };
}
