import type { JsonObject } from './api.ts';

/** One page of a list, its items handed out and gone. */
export interface ListPage {
  readonly token: string | undefined;
  readonly resourceVersion: string;
}

/**
 * How kube-apiserver writes the end of one item and the start of the next. Inside a JSON text the quotes would be
 * escaped.
 */
const betweenItems = Buffer.from('},{"metadata":{');
const beforeItems = Buffer.from('"items":[');
const openBrace = 0x7b;
const comma = 0x2c;
/**
 * Items are parsed in groups of at least this size. A page parsed as a whole lives long enough to be copied by the
 * collector twice; single items pay for each start of the parser. Measured with 5,000 nodes and 100,000 pods on Node
 * 24: a sixth less processor time and a fifth less memory than either.
 */
const defaultGroupBytes = 64 * 1024;
/**
 * Objects inside an item may look like the start of the next one (volumeClaimTemplates); more than this is another
 * writer's style.
 */
const maxFalseEnds = 50;

/**
 * Reads a page by groups of items: each is decoded, parsed, projected and free for collection before the next.
 *
 * The cut is exact: JSON.parse takes a text from an item's start, put in brackets, only if it ends where an item ends.
 * What is not written as kube-apiserver writes it is parsed as a whole.
 * @returns undefined when the page is JSON but no list.
 * @throws SyntaxError when it is not JSON, whoever wrote it. `take` may then have seen some of its items.
 */
export function readListPage(
  page: Buffer,
  take: (item: JsonObject) => void,
  groupBytes = defaultGroupBytes,
): ListPage | undefined {
  const start = page.indexOf(beforeItems) + beforeItems.length;
  if (start < beforeItems.length) return readWhole(page, take, 0);
  const { taken, end } = takeItems(page, start, { take, groupBytes });
  // With the items gone, the rest is a small list of none, or the style was another one.
  const rest =
    end === undefined ? undefined : tryParse<JsonObject>(page.toString('utf8', 0, start) + page.toString('utf8', end));
  if (rest === undefined) return readWhole(page, take, taken);
  // A second `items` would stand for itself and not for what was taken.
  return Array.isArray(rest['items']) && rest['items'].length === 0 ? pageOf(rest) : undefined;
}

interface TakenItems {
  readonly taken: number;
  /** Where the items end; undefined when one could not be cut out. */
  readonly end: number | undefined;
}

interface Taking {
  readonly take: (item: JsonObject) => void;
  readonly groupBytes: number;
}

function takeItems(page: Buffer, start: number, { take, groupBytes }: Taking): TakenItems {
  let taken = 0;
  let position = start;
  while (page[position] === openBrace) {
    const group = nextGroup(page, position, groupBytes);
    if (!group) return { taken, end: undefined };
    for (const item of group.items) take(item);
    taken += group.items.length;
    position = group.end;
    if (page[position] !== comma) break;
    position++;
  }
  return { taken, end: position };
}

/** Some items from a position on, and where the last one ends. */
function nextGroup(
  page: Buffer,
  start: number,
  groupBytes: number,
): { readonly items: readonly JsonObject[]; readonly end: number } | undefined {
  let search = start + groupBytes;
  for (let tries = 0; tries < maxFalseEnds; tries++) {
    const between = page.indexOf(betweenItems, search);
    const end = between === -1 ? page.lastIndexOf(']') : between + 1;
    const items = end > start ? tryParse<readonly JsonObject[]>(`[${page.toString('utf8', start, end)}]`) : undefined;
    if (items !== undefined) return { items, end };
    if (between === -1) return undefined;
    search = between + 1;
  }
  return undefined;
}

function readWhole(page: Buffer, take: (item: JsonObject) => void, alreadyTaken: number): ListPage | undefined {
  const list = JSON.parse(page.toString('utf8')) as JsonObject;
  const read = pageOf(list);
  if (read) for (const item of ((list['items'] ?? []) as readonly JsonObject[]).slice(alreadyTaken)) take(item);
  return read;
}

function pageOf(list: JsonObject): ListPage | undefined {
  const { items, metadata } = list as {
    readonly items?: unknown;
    readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
  };
  // An empty collection may be `null` on old servers.
  if ((!Array.isArray(items) && items !== null) || !metadata) return undefined;
  return { token: metadata.continue || undefined, resourceVersion: metadata.resourceVersion ?? '' };
}

function tryParse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
