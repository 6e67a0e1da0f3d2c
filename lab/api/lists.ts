import type { KubeObject } from './objects.ts';
import type { ApiRequest, Target } from './request.ts';
import { apiVersionOf, qualifiedName } from './resources.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';
import { badRequest, refusal, type Refusal } from './status.ts';
import { keyOf, type ObjectStore } from './store.ts';

/** Both selectors of a list or a watch. */
export function selection(query: URLSearchParams): Matches | Refusal {
  const byLabel = query.get('labelSelector') ? labelSelector(query.get('labelSelector') ?? '') : (): boolean => true;
  const byField = query.get('fieldSelector') ? fieldSelector(query.get('fieldSelector') ?? '') : (): boolean => true;
  if (typeof byLabel !== 'function') return byLabel;
  if (typeof byField !== 'function') return byField;
  return (object) => byLabel(object) && byField(object);
}

/** A continue token, as kubernetes/apiserver/pkg/storage/continue.go writes it, base64url JSON. */
interface Token {
  /** The version that the list shows; -1 for whatever is there now. */
  readonly rv: number;
  /** Where the next page begins: the key of the last object sent, and a zero byte. */
  readonly start: string;
}

/** The objects of one kind at one version. */
interface Snapshot {
  readonly objects: readonly KubeObject[];
  readonly version: number;
  readonly madeAt: number;
}

/** What a list request asks for. */
interface Question {
  /** 0 for all. */
  readonly limit: number;
  readonly token: Token;
  readonly matches: Matches;
  readonly selected: boolean;
}

interface Cut {
  readonly asked: Question;
  readonly items: readonly KubeObject[];
  readonly left: readonly KubeObject[];
}

type Page = { readonly body: object } | { readonly refused: Refusal };

/**
 * Lists in pages. The pages of one list show the state at its first page, as a real server's do, and a state is
 * forgotten after `tokenLifeMs` (etcd's compaction: five minutes).
 */
export class Pager {
  readonly #store: ObjectStore;
  readonly #tokenLifeMs: number;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(store: ObjectStore, tokenLifeMs: number) {
    this.#store = store;
    this.#tokenLifeMs = tokenLifeMs;
  }

  /** The body of kind …List, or the refusal. */
  page({ query }: ApiRequest, target: Target): Page {
    const asked = readQuestion(query);
    if ('refused' in asked) return asked;
    const { limit, token, matches } = asked;
    const snapshot = this.#snapshot(target, token);
    if (!snapshot) return { refused: tooOld(token) };
    const left = snapshot.objects.filter((object) => matches(object) && inPage(object, target, token.start));
    const items = limit === 0 ? left : left.slice(0, limit);
    const metadata = {
      resourceVersion: String(snapshot.version),
      ...this.#rest(target, snapshot, { asked, items, left }),
    };
    return {
      body: {
        kind: `${target.resource.kind}List`,
        apiVersion: apiVersionOf(target.resource),
        metadata,
        items: items.map(asItem),
      },
    };
  }

  /** What the metadata says when there is more. */
  #rest({ resource }: Target, snapshot: Snapshot, { asked, items, left }: Cut): object {
    const last = items.at(-1);
    if (!last || items.length === left.length) return {};
    this.#snapshots.set(`${qualifiedName(resource)}@${snapshot.version}`, snapshot);
    return {
      continue: writeToken({ rv: snapshot.version, start: `${keyOf(last.metadata)}\0` }),
      // A real server does not count what a selector would match.
      ...(!asked.selected && { remainingItemCount: left.length - items.length }),
    };
  }

  #snapshot(target: Target, token: Token): Snapshot | undefined {
    const oldest = Date.now() - this.#tokenLifeMs;
    for (const [key, { madeAt }] of this.#snapshots) if (madeAt <= oldest) this.#snapshots.delete(key);
    if (token.start !== '' && token.rv >= 0)
      return this.#snapshots.get(`${qualifiedName(target.resource)}@${token.rv}`);
    return { objects: this.#store.list(target.resource, ''), version: this.#store.version, madeAt: Date.now() };
  }
}

function readQuestion(query: URLSearchParams): Question | { readonly refused: Refusal } {
  const limit = Number(query.get('limit') ?? '0');
  const token = readToken(query.get('continue') ?? '');
  const matches = selection(query);
  if (!Number.isInteger(limit) || limit < 0) return { refused: badRequest(`invalid limit: ${query.get('limit')}`) };
  if (token === undefined) return { refused: badRequest('continue key is not valid') };
  if (typeof matches !== 'function') return { refused: matches };
  return { limit, token, matches, selected: query.has('labelSelector') || query.has('fieldSelector') };
}

function inPage({ metadata }: KubeObject, { namespace }: Target, start: string): boolean {
  return (namespace === '' || metadata.namespace === namespace) && keyOf(metadata) >= start;
}

/** In a list the kind stands at the top only. */
function asItem({ kind: _kind, apiVersion: _apiVersion, ...item }: KubeObject): object {
  return item;
}

function writeToken({ rv, start }: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url');
}

function readToken(text: string): Token | undefined {
  if (text === '') return { rv: -1, start: '' };
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Token>;
    return typeof rv === 'number' && typeof start === 'string' ? { rv, start } : undefined;
  } catch {
    return undefined;
  }
}

function tooOld({ start }: Token): Refusal {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
    'continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with ' +
    'the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the ' +
    'first chunk was returned and now may show up in the list.';
  return refusal(410, 'Expired', message, { metadata: { continue: writeToken({ rv: -1, start }) } });
}
