import { randomUUID } from 'node:crypto';
import type { KubeObject } from './objects.ts';
import type { ApiRequest, Target } from './request.ts';
import { apiVersionOf } from './resources.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';
import { badRequest, expired, type Refusal } from './status.ts';
import type { ObjectStore } from './store.ts';

/** Both selectors of a list or a watch. */
export function selection(query: URLSearchParams): Matches | Refusal {
  const byLabel = query.get('labelSelector') ? labelSelector(query.get('labelSelector') ?? '') : (): boolean => true;
  const byField = query.get('fieldSelector') ? fieldSelector(query.get('fieldSelector') ?? '') : (): boolean => true;
  if (typeof byLabel !== 'function') return byLabel;
  if (typeof byField !== 'function') return byField;
  return (object) => byLabel(object) && byField(object);
}

interface Rest {
  readonly items: readonly KubeObject[];
  readonly version: number;
  readonly madeAt: number;
}

/**
 * Lists in pages. The pages of one list show the state at its first page, as a real server's do, and a continue token is
 * forgotten after `tokenLifeMs` (etcd's compaction: five minutes).
 */
export class Pager {
  readonly #store: ObjectStore;
  readonly #tokenLifeMs: number;
  readonly #rests = new Map<string, Rest>();

  constructor(store: ObjectStore, tokenLifeMs: number) {
    this.#store = store;
    this.#tokenLifeMs = tokenLifeMs;
  }

  /** The body of kind …List, or the refusal. */
  page(request: ApiRequest, target: Target): { readonly body: object } | { readonly refused: Refusal } {
    const limit = Number(request.query.get('limit') ?? '0');
    if (!Number.isInteger(limit) || limit < 0) return { refused: badRequest(`invalid limit: ${request.query.get('limit')}`) };
    const token = request.query.get('continue') ?? '';
    const rest = token === '' ? this.#fresh(request, target) : this.#continued(token);
    if ('refused' in rest) return rest;
    const items = limit === 0 ? rest.items : rest.items.slice(0, limit);
    const left = rest.items.slice(items.length);
    const metadata = {
      resourceVersion: String(rest.version),
      ...(left.length > 0 && { continue: this.#remember({ ...rest, items: left }), remainingItemCount: left.length }),
    };
    return { body: { kind: `${target.resource.kind}List`, apiVersion: apiVersionOf(target.resource), metadata, items } };
  }

  #fresh(request: ApiRequest, target: Target): Rest | { readonly refused: Refusal } {
    const matches = selection(request.query);
    if (typeof matches !== 'function') return { refused: matches };
    const items = this.#store.list(target.resource, target.namespace).filter(matches);
    return { items, version: this.#store.version, madeAt: Date.now() };
  }

  #continued(token: string): Rest | { readonly refused: Refusal } {
    this.#forgetOld();
    const rest = this.#rests.get(token);
    if (rest) return rest;
    const why = 'The provided continue parameter is too old to display a consistent list result.';
    return { refused: expired(`${why} You can start a new list without the continue parameter.`) };
  }

  #remember(rest: Rest): string {
    this.#forgetOld();
    const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: rest.version, start: randomUUID() })).toString('base64url');
    this.#rests.set(token, rest);
    return token;
  }

  #forgetOld(): void {
    const oldest = Date.now() - this.#tokenLifeMs;
    for (const [token, { madeAt }] of this.#rests) if (madeAt <= oldest) this.#rests.delete(token);
  }
}
