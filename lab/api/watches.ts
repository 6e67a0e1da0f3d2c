import type { KubeObject } from './objects.ts';
import { selection } from './lists.ts';
import type { ApiRequest, Target } from './request.ts';
import { apiVersionOf, qualifiedName } from './resources.ts';
import type { Matches } from './selectors.ts';
import { badRequest, refusal, type Refusal } from './status.ts';
import type { Change, ObjectStore } from './store.ts';

/** How often a watch without news tells the version it has reached; a real server does so about once a minute. */
const bookmarkEveryMs = 30_000;
const longestWatchSeconds = 1800;

export interface Watch {
  /** Starts sending; `send` gets one JSON line each. @returns the function that stops it */
  readonly start: (send: (line: string) => void, end: () => void) => () => void;
}

/** A watch as the query asks for it. */
export function openWatch(
  store: ObjectStore,
  request: ApiRequest,
  target: Target,
): Watch | { readonly refused: Refusal } {
  const matches = selection(request.query);
  if (typeof matches !== 'function') return { refused: matches };
  const from = Number(request.query.get('resourceVersion') ?? '0');
  if (!Number.isInteger(from) || from < 0) return { refused: badRequest('Invalid value for resourceVersion') };
  const bookmarks = request.query.get('allowWatchBookmarks') === 'true';
  const seconds = Math.min(Number(request.query.get('timeoutSeconds') ?? longestWatchSeconds), longestWatchSeconds);
  return {
    start: (send, end) => {
      const view = { target, matches };
      const bookmark = (): void => send(bookmarkLine(target, store.version));
      const first = firstLines(store, view, from);
      if ('refused' in first) {
        send(`${JSON.stringify({ type: 'ERROR', object: first.refused.body })}\n`);
        end();
        return () => undefined;
      }
      for (const line of first) send(line);
      const unsubscribe = store.subscribe((change) => {
        const line = changeLine(view, change);
        if (line) send(line);
      });
      const ticks = bookmarks ? setInterval(bookmark, bookmarkEveryMs) : undefined;
      const timeout = setTimeout(() => {
        if (bookmarks) bookmark();
        end();
      }, seconds * 1000);
      return () => {
        unsubscribe();
        clearInterval(ticks);
        clearTimeout(timeout);
      };
    },
  };
}

interface View {
  readonly target: Target;
  readonly matches: Matches;
}

/** From version 0 the present state comes first; from any other, what happened since. */
function firstLines(store: ObjectStore, view: View, from: number): readonly string[] | { readonly refused: Refusal } {
  if (from === 0) {
    const { resource, namespace } = view.target;
    return store
      .list(resource, namespace)
      .filter(view.matches)
      .map((object) => eventLine('ADDED', object));
  }
  const changes = store.changesAfter(from);
  if (changes === undefined)
    return { refused: refusal(410, 'Expired', 'The resourceVersion for the provided watch is too old.') };
  return changes.map((change) => changeLine(view, change)).filter((line) => line !== undefined);
}

/** An object that comes to match a selector is added for that watch, one that ceases to is deleted. */
function changeLine({ target, matches }: View, change: Change): string | undefined {
  if (qualifiedName(change.resource) !== qualifiedName(target.resource)) return undefined;
  if (target.namespace !== '' && change.object.metadata.namespace !== target.namespace) return undefined;
  const before = change.previous !== undefined && matches(change.previous);
  const after = change.type !== 'DELETED' && matches(change.object);
  if (before && after) return eventLine('MODIFIED', change.object);
  if (after) return eventLine('ADDED', change.object);
  return before ? eventLine('DELETED', change.object) : undefined;
}

function eventLine(type: string, object: KubeObject): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function bookmarkLine({ resource }: Target, version: number): string {
  const object = {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(version), creationTimestamp: null },
  };
  return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
}
