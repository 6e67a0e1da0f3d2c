import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import { tooLarge } from './answer-body.ts';
import type { ListOptions, Snapshot } from './api.ts';
import type { Connection } from './connection.ts';
import { exchangeAs } from './exchange.ts';
import { readListPage, type ListPage } from './list-page.ts';
import { peekContinue } from './peek-continue.ts';
import type { ApiRequest } from './request.ts';

const defaultLimit = 500;
/**
 * A list that cannot be read in the five minutes that the server keeps its state would otherwise start again for ever.
 */
const maxRestarts = 3;

/**
 * Reads a collection page by page. While one page arrives and is read the next one is already on its way, and of each
 * page only what `project` returns stays.
 * @throws NodemendError API_EXPIRED when it had to start again too often; any other API_….
 */
export async function listAll<T>(connection: Connection, path: string, options: ListOptions<T>): Promise<Snapshot<T>> {
  for (let restart = 0; restart <= maxRestarts; restart++) {
    const inFlight = new AbortController();
    try {
      return await listOnce({
        connection,
        path,
        options,
        signal: AbortSignal.any([inFlight.signal, ...(options.signal ? [options.signal] : [])]),
      });
    } catch (error) {
      if (!(error instanceof ContinueExpired)) throw error;
    } finally {
      inFlight.abort();
    }
  }
  throw new NodemendError('API_EXPIRED', { path });
}

/** A 410 to a continue token: what came before it is from another time and is dropped. */
class ContinueExpired extends Error {}

interface ListRun<T> {
  readonly connection: Connection;
  readonly path: string;
  readonly options: ListOptions<T>;
  readonly signal: AbortSignal;
}

interface ProjectedPage<T> extends ListPage {
  readonly items: readonly T[];
}

interface PendingPage<T> {
  readonly token: string | undefined;
  readonly page: Promise<ProjectedPage<T>>;
  /** Lets the next page be asked for as soon as this one's first bytes name it. */
  readonly readAhead: () => void;
  /** Ends a page that nobody waits for any more: its list was begun again under another token. */
  readonly abandon: () => void;
  ahead: PendingPage<T> | undefined;
}

/** Six times what Kubernetes is built for (150,000 pods, 5,000 nodes), in pages of any size. */
const mostItems = 1_000_000;
const mostPages = 10_000;
/** A token lives for five to ten minutes, the interval of compaction; a list that takes longer is none. */
const longestListMs = 10 * 60_000;

async function listOnce<T>(run: ListRun<T>): Promise<Snapshot<T>> {
  const all: T[] = [];
  const { connection } = run;
  const startedAt = connection.timing.monotonicMs();
  let pending = requestPage(run, undefined);
  for (let pages = 1; ; pages++) {
    requireAnEnd(run, { items: all.length, pages, ms: connection.timing.monotonicMs() - startedAt });
    // Only now: never more than one page ahead of what was read.
    pending.readAhead();
    const { items, token, resourceVersion } = await pending.page;
    for (const item of items) all.push(item);
    run.options.onPage?.(all.length);
    if (token === undefined) return { items: all, resourceVersion };
    if (token === pending.token) throw endless(run);
    pending = pending.ahead?.token === token ? pending.ahead : requestPage(run, token);
  }
}

function requireAnEnd(
  { connection: { access }, path }: Pick<ListRun<unknown>, 'connection' | 'path'>,
  soFar: { readonly items: number; readonly pages: number; readonly ms: number },
): void {
  if (soFar.items > mostItems || soFar.pages > mostPages) throw tooLarge(access, { path });
  if (soFar.ms > longestListMs)
    throw new NodemendError('API_TIMED_OUT', { server: access.server.origin, seconds: longestListMs / 1000 });
}

/** Each page is asked for with the token of the one before it. */
function endless({ connection: { access }, path }: Pick<ListRun<unknown>, 'connection' | 'path'>): NodemendError {
  const problem = 'its pages lead back to themselves';
  return new NodemendError('API_ANSWER_INVALID', { server: access.server.origin, path, problem });
}

function requestPage<T>(run: ListRun<T>, token: string | undefined): PendingPage<T> {
  const { limit = defaultLimit, labelSelector, fieldSelector, project } = run.options;
  const abandoned = new AbortController();
  const signal = AbortSignal.any([run.signal, abandoned.signal]);
  const request: ApiRequest = {
    method: 'GET',
    path: run.path,
    query: { limit, continue: token, labelSelector, fieldSelector },
    signal,
  };
  let allowed = false;
  let next: string | undefined;
  const askNext = () => {
    if (!allowed || next === undefined || next === pending.ahead?.token) return;
    // A first page that was cut and is read again brings another token.
    pending.ahead?.abandon();
    pending.ahead = requestPage(run, next);
  };
  const seen = (head: Buffer) => {
    next = peekContinue(head);
    askNext();
  };
  const readAhead = () => {
    allowed = true;
    askNext();
  };
  const read = (bytes: Buffer): ProjectedPage<T> | undefined => {
    const items: T[] = [];
    const page = readListPage(bytes, (item) => items.push(project(item)));
    return page && { ...page, items };
  };
  const page = exchangeAs(run.connection, request, { seen, read }).catch((error: unknown) => {
    throw token !== undefined && isNodemendError(error) && error.code === 'API_EXPIRED' ? new ContinueExpired() : error;
  });
  // It is awaited only after the page before it was read, which may fail first.
  page.catch(() => undefined);
  const pending: PendingPage<T> = { token, page, readAhead, abandon: () => abandoned.abort(), ahead: undefined };
  return pending;
}
