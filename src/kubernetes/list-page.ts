import type { JsonObject } from './api.ts';

/** One page of a list, its items handed out and gone. */
export interface ListPage {
  readonly token: string | undefined;
  readonly resourceVersion: string;
}

/** How kube-apiserver writes the end of one item and the start of the next. Inside a JSON text the quotes would be escaped. */
const betweenItems = '},{"metadata":{';
const beforeItems = '"items":[';
/** Objects inside an item may look like the start of the next one (volumeClaimTemplates); more than this is another writer's style. */
const maxFalseEnds = 50;

/**
 * Reads a page item by item: each is parsed, projected and free for collection before the next. A page parsed as a whole
 * lives long enough to be copied by the collector twice and costs more for that than for the parsing (measured: 5,000 nodes).
 *
 * The cut is exact: JSON.parse takes a text from an item's start only if it ends where that item ends. What is not written
 * as kube-apiserver writes it is parsed as a whole.
 * @returns undefined when the text is JSON but no list.
 * @throws SyntaxError when it is no JSON, whoever wrote it. `take` may then have seen some of its items.
 */
export function readListPage(text: string, take: (item: JsonObject) => void): ListPage | undefined {
  const start = text.indexOf(beforeItems) + beforeItems.length;
  if (start < beforeItems.length) return readWhole(text, take, 0);
  const { taken, end } = takeItems(text, start, take);
  // With the items gone, the rest is a small list of none, or the style was another one.
  const rest = end === undefined ? undefined : tryParse(text.slice(0, start) + text.slice(end));
  if (rest === undefined) return readWhole(text, take, taken);
  // A second `items` would stand for itself and not for what was taken.
  return Array.isArray(rest['items']) && rest['items'].length === 0 ? pageOf(rest) : undefined;
}

interface TakenItems {
  readonly taken: number;
  /** Where the items end; undefined when one could not be cut out. */
  readonly end: number | undefined;
}

function takeItems(text: string, start: number, take: (item: JsonObject) => void): TakenItems {
  let taken = 0;
  let position = start;
  while (text[position] === '{') {
    const found = nextItem(text, position);
    if (!found) return { taken, end: undefined };
    take(found.item);
    taken++;
    position = found.end;
    if (text[position] !== ',') break;
    position++;
  }
  return { taken, end: position };
}

/** The item that starts at a position, and where it ends. */
function nextItem(text: string, start: number): { readonly item: JsonObject; readonly end: number } | undefined {
  let search = start;
  for (let tries = 0; tries < maxFalseEnds; tries++) {
    const between = text.indexOf(betweenItems, search);
    const end = between === -1 ? text.lastIndexOf(']') : between + 1;
    const item = tryParse(text.slice(start, end));
    if (item !== undefined) return { item, end };
    if (between === -1) return undefined;
    search = between + 1;
  }
  return undefined;
}

function readWhole(text: string, take: (item: JsonObject) => void, alreadyTaken: number): ListPage | undefined {
  const list = JSON.parse(text) as JsonObject;
  const page = pageOf(list);
  if (page) for (const item of ((list['items'] ?? []) as readonly JsonObject[]).slice(alreadyTaken)) take(item);
  return page;
}

function pageOf(list: JsonObject): ListPage | undefined {
  const { items, metadata } = list as { readonly items?: unknown; readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string } };
  // An empty collection may be `null` on old servers.
  if ((!Array.isArray(items) && items !== null) || !metadata) return undefined;
  return { token: metadata.continue || undefined, resourceVersion: metadata.resourceVersion ?? '' };
}

function tryParse(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
