/**
 * What nodemend asks of a Kubernetes API server, and no more. The one implementation is the thin client in `client.ts`;
 * nothing else in nodemend opens a connection to an API server.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface KubernetesApi {
  readonly context: string;
  /** `https://host:port`, for people. */
  readonly server: string;
  /** The kubeconfig's user entry. */
  readonly user: string;
  /** Expiry of the client certificate in the kubeconfig, RFC 3339, where it uses one. */
  readonly clientCertificateNotAfter: string | undefined;

  /** @throws NodemendError API_… ; API_NOT_FOUND for 404. */
  readonly get: <T>(path: string, project: (raw: JsonObject) => T, signal?: AbortSignal) => Promise<T>;
  /**
   * All items of a collection, fetched in pages of `limit` (500) and projected on arrival, so that memory holds what is read
   * and not what the server knows. A 410 in the middle starts the list again.
   */
  readonly list: <T>(path: string, options: ListOptions<T>) => Promise<readonly T[]>;
  readonly watch: <T>(path: string, options: WatchOptions<T>) => AsyncIterable<WatchEvent<T>>;
  readonly create: <T>(path: string, body: JsonObject, project: (raw: JsonObject) => T, signal?: AbortSignal) => Promise<T>;
  /** PUT; the body's resourceVersion makes it a compare-and-swap. @throws NodemendError API_CONFLICT on 409. */
  readonly replace: <T>(path: string, body: JsonObject, project: (raw: JsonObject) => T, signal?: AbortSignal) => Promise<T>;
  readonly patch: <T>(path: string, body: Json, options: PatchOptions<T>) => Promise<T>;
  readonly remove: (path: string, signal?: AbortSignal) => Promise<void>;
  /** POST to the eviction subresource. */
  readonly evict: (namespace: string, pod: string, options: EvictOptions) => Promise<EvictResult>;
  /** One SelfSubjectAccessReview each; the answer keeps the order. */
  readonly canI: (accesses: readonly Access[], signal?: AbortSignal) => Promise<readonly boolean[]>;
  /** The server's clock minus ours, milliseconds, from the Date header of the last answer; second precision. */
  readonly clockSkewMs: () => number | undefined;
  readonly close: () => Promise<void>;
}

export interface ListOptions<T> {
  readonly project: (raw: JsonObject) => T;
  readonly limit?: number;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
  readonly onPage?: (itemsSoFar: number) => void;
}

export interface WatchOptions<T> extends Omit<ListOptions<T>, 'onPage' | 'limit'> {
  readonly resourceVersion: string;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly resourceVersion: string;
  /** Absent for a bookmark. */
  readonly object?: T;
}

export interface PatchOptions<T> {
  readonly type: 'merge' | 'strategic' | 'json' | 'apply';
  readonly project: (raw: JsonObject) => T;
  /** Required for `apply`. */
  readonly fieldManager?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface EvictOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  /** UID precondition: names are reused. */
  readonly uid?: string;
  readonly signal?: AbortSignal;
}

export type EvictResult =
  | { readonly outcome: 'evicted' }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'budget'; readonly message: string; readonly retryAfterSeconds: number | undefined }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number | undefined }
  /** Never heals: two budgets on one pod. */
  | { readonly outcome: 'misconfigured'; readonly message: string };

export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}
