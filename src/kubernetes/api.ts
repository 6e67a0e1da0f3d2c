import type { Readable, Writable } from 'node:stream';
import type { ExecProtocol } from './exec/channels.ts';

/**
 * What nodemend asks of a Kubernetes API server, and no more. The one implementation is the thin client in `client.ts`;
 * nothing else in nodemend opens a connection to an API server. `openKubernetes` makes one.
 *
 * Paths are the server's own (`/api/v1/nodes`, see `apiPath`), without a query. A call ends with NodemendError API_… or
 * EXEC_PLUGIN_…, or with the reason of the caller's signal when that was aborted.
 */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

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
  /** An answer in plain text: the server's own metrics. @throws NodemendError API_… */
  readonly text: (path: string, signal?: AbortSignal) => Promise<string>;
  /**
   * All items of a collection, fetched in pages of `limit` (500) and projected on arrival, so that memory holds what is
   * read and not what the server knows. A 410 in the middle starts the list again.
   */
  readonly list: <T>(path: string, options: ListOptions<T>) => Promise<readonly T[]>;
  /** The same list with the version from which a watch goes on. */
  readonly snapshot: <T>(path: string, options: ListOptions<T>) => Promise<Snapshot<T>>;
  /**
   * Changes from a resourceVersion on, reconnecting for ever where that may help: the signal or the end of the loop
   * ends it.
   * @throws NodemendError API_EXPIRED when the server no longer knows the version: take a snapshot again and start
   *   again.
   */
  readonly watch: <T>(path: string, options: WatchOptions<T>) => AsyncIterable<WatchEvent<T>>;
  readonly create: <T>(
    path: string,
    body: JsonObject,
    project: (raw: JsonObject) => T,
    signal?: AbortSignal,
  ) => Promise<T>;
  /** PUT; the body's resourceVersion makes it a compare-and-swap. @throws NodemendError API_CONFLICT on 409. */
  readonly replace: <T>(
    path: string,
    body: JsonObject,
    project: (raw: JsonObject) => T,
    signal?: AbortSignal,
  ) => Promise<T>;
  readonly patch: <T>(path: string, body: Json, options: PatchOptions<T>) => Promise<T>;
  readonly remove: (path: string, options?: RemoveOptions) => Promise<void>;
  /**
   * Runs a command in a container of a pod. Resolves once the server has changed to the protocol of exec: what kubelet
   * says against the command comes as its end.
   */
  readonly exec: (request: PodExecRequest) => Promise<PodProcess>;
  /** POST to the eviction subresource, once: what to do about a budget is the drain's decision. */
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

export interface Snapshot<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface WatchOptions<T> extends Omit<ListOptions<T>, 'onPage' | 'limit'> {
  /** From a snapshot, or of the last event seen. */
  readonly resourceVersion: string;
  /**
   * After how long the server ends one connection of the watch, seconds; by default 5 to 10 minutes, by chance, as
   * client-go.
   */
  readonly timeoutSeconds?: number;
  /** Told before each reconnect after a failure; a quiet end of a connection is none. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
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

export interface RemoveOptions {
  /** What becomes of what the object owns; without it, its kind's own default (a Job leaves its pods behind). */
  readonly propagation?: 'Foreground' | 'Background';
  /** Removed only while it is this object, in this version. @throws NodemendError API_CONFLICT otherwise */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
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
  /** Does not heal by waiting: two budgets on one pod, a budget whose status is broken. */
  | { readonly outcome: 'misconfigured'; readonly message: string };

export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface PodExecRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /**
   * Program and arguments. They travel in the request's URL and stand in the server's audit log: nothing secret, and a
   * few KB.
   */
  readonly command: readonly string[];
  /** Which to offer, the best first; all when absent. Servers before 1.30 know only the older one. */
  readonly protocols?: readonly ExecProtocol[];
  /** Ends the wait for the connection, not the command. */
  readonly signal?: AbortSignal;
}

/** A command that runs in a container. */
export interface PodProcess {
  /** Its end is told to the command only with the newer protocol (servers from 1.30 on). */
  readonly stdin: Writable;
  /** Both have to be read. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once the connection is over and both outputs were read to their end; never rejects. */
  readonly ended: Promise<PodProcessEnd>;
  /** Ends the connection; the command may run on. Never throws. */
  readonly close: () => void;
}

/** Neither: the connection ended first. */
export interface PodProcessEnd {
  readonly code?: number;
  /** Why the server, kubelet or the container runtime did not run it, or do not know how it ended. */
  readonly failure?: string;
}
