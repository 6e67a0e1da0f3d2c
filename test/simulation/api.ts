import { answer } from '../../lab/api/handler.ts';
import type { Pager } from '../../lab/api/lists.ts';
import { adminRules, type Identity } from '../../lab/api/roles.ts';
import type { ObjectStore } from '../../lab/api/store.ts';
import { isNodemendError, NodemendError } from '../../src/errors/nodemend-error.ts';
import { evictionResult } from '../../src/kubernetes/evict.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import type { ApiRequest as ClientRequest } from '../../src/kubernetes/request.ts';
import { retryAfterError, retryAfterStatus } from '../../src/kubernetes/retry.ts';
import { readStatus, statusError, type ApiStatus } from '../../src/kubernetes/status-error.ts';
import { accessTo } from '../../src/kubernetes/testing/access-to.ts';
import type { Timing } from '../../src/kubernetes/timing.ts';

/** How a request to the API server goes wrong. */
export type ApiFault = 'lost-before' | 'lost-after' | 'refused' | 'error' | 'throttled';

/** The one who asks, and what may happen to what is asked. */
export interface Caller {
  readonly timing: Timing;
  /** Before a request is sent; what it throws or never answers is the caller's end. */
  readonly send: (request: ServerRequest) => Promise<ApiFault | undefined>;
  /** Before an answer is handed on. */
  readonly receive: () => Promise<void>;
  readonly clockSkewMs: () => number;
}

export interface ServerRequest {
  readonly method: ClientRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** What answers requests: the practice cluster's API server, and what stands around it. */
export interface ApiServer {
  readonly answer: (request: ServerRequest) => ApiAnswer;
}

export type ApiAnswer =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly status: ApiStatus };

const admin: Identity = { user: 'nodemend', groups: [], rules: adminRules };
const access = accessTo('https://simulated', { ca: '' });
const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Asks the practice cluster's API server, which answers at once. */
export function askServer(
  { store, pager }: { readonly store: ObjectStore; readonly pager: Pager },
  request: ServerRequest,
): ApiAnswer {
  const query = new URLSearchParams(
    Object.entries(request.query ?? {}).filter((one): one is [string, string] => one[1] !== undefined),
  );
  const { method, path, contentType = 'application/json', body } = request;
  const answered = answer(store, pager, { method, path, query, contentType, body, identity: admin });
  if ('watch' in answered) throw new Error('nothing is watched in a simulation');
  if ('body' in answered) return { ok: true, body: answered.body as JsonObject };
  const { code, body: said, retryAfterSeconds } = answered.refused;
  const retryAfter = retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds);
  return { ok: false, status: readStatus(code, said as JsonObject, retryAfter) };
}

/**
 * A fake of the client's port over the practice cluster's API server: no TLS, no HTTP, no pages. What is repeated and
 * how a refusal reads is the real client's; whatever nodemend does not use around a reboot throws.
 */
export function simulatedApi(server: ApiServer, caller: Caller): KubernetesApi {
  const once = async (request: ServerRequest): Promise<ApiAnswer> => {
    const fault = await caller.send(request);
    const failed = fault && faultBefore(fault, request);
    if (failed && 'error' in failed) throw failed.error;
    if (failed) return failed;
    const answered = server.answer(request);
    await caller.receive();
    if (fault === 'lost-after') throw cut(request);
    return answered;
  };
  const exchange = async (request: ServerRequest, signal?: AbortSignal): Promise<JsonObject> => {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const question = { attempt, readOnly: request.method === 'GET', chance: 0, met: true };
      const outcome = await once(request).catch(asCut);
      if (outcome.ok) return outcome.body;
      const waitMs =
        'status' in outcome ? retryAfterStatus(outcome.status, question) : retryAfterError(outcome.error, question);
      if (waitMs === undefined) throw errorOf(outcome, request);
      await caller.timing.sleep(waitMs, signal);
    }
  };
  const unused = (): never => {
    throw new Error('nobody asks for this around a reboot');
  };
  return {
    context: 'simulated',
    server: access.server.origin,
    user: admin.user,
    clientCertificateNotAfter: undefined,
    get: async (path, project, signal) => project(await exchange({ method: 'GET', path }, signal)),
    list: async (path, { project, labelSelector, fieldSelector, signal }) => {
      const { items } = await exchange({ method: 'GET', path, query: { labelSelector, fieldSelector } }, signal);
      return (items as readonly JsonObject[]).map(project);
    },
    create: async (path, body, project, signal) => project(await exchange({ method: 'POST', path, body }, signal)),
    replace: async (path, body, project, signal) => project(await exchange({ method: 'PUT', path, body }, signal)),
    patch: async (path, body, { type, fieldManager, force, dryRun, signal, project }) => {
      const query = { fieldManager, force: force ? 'true' : undefined, dryRun: dryRun ? 'All' : undefined };
      return project(await exchange({ method: 'PATCH', path, query, body, contentType: patchTypes[type] }, signal));
    },
    remove: async (path, { preconditions, signal } = {}) => {
      await exchange({ method: 'DELETE', path, body: preconditions && { preconditions } }, signal);
    },
    evict: async (namespace, name, { uid, signal }) => {
      signal?.throwIfAborted();
      const body = { deleteOptions: uid === undefined ? {} : { preconditions: { uid } } };
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      const request: ServerRequest = { method: 'POST', path, body };
      const answered = await once(request);
      if (answered.ok) return { outcome: 'evicted' };
      const result = evictionResult(answered.status, uid !== undefined);
      if (!result) throw statusError(answered.status, clientRequest(request), access);
      return result;
    },
    text: unused,
    snapshot: unused,
    watch: unused,
    exec: unused,
    canI: async (accesses) => accesses.map(() => true),
    clockSkewMs: caller.clockSkewMs,
    close: async () => {},
  };
}

interface Cut {
  readonly ok: false;
  readonly error: NodemendError;
}

function asCut(error: unknown): Cut {
  if (isNodemendError(error)) return { ok: false, error };
  throw error;
}

function errorOf(outcome: Cut | Extract<ApiAnswer, { readonly ok: false }>, request: ServerRequest): NodemendError {
  return 'error' in outcome ? outcome.error : statusError(outcome.status, clientRequest(request), access);
}

type FaultBefore = Extract<ApiAnswer, { readonly ok: false }> | { readonly error: NodemendError } | undefined;

function faultBefore(fault: ApiFault, request: ServerRequest): FaultBefore {
  switch (fault) {
    case 'lost-before':
      return { error: cut(request) };
    case 'refused':
      return { error: new NodemendError('API_REFUSED', { server: access.server.origin }) };
    case 'error':
      return { ok: false, status: readStatus(500, 'etcdserver: leader changed') };
    case 'throttled':
      return { ok: false, status: readStatus(429, 'too many requests', '1') };
    case 'lost-after':
      return undefined;
  }
}

function cut({ path }: ServerRequest): NodemendError {
  return new NodemendError('API_CONNECTION_CUT', { server: access.server.origin, path });
}

function clientRequest({ method, path }: ServerRequest): ClientRequest {
  return { method, path, signal: undefined };
}
