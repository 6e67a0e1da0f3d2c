import { NodemendError } from '../errors/nodemend-error.ts';
import type { Json, JsonObject } from './api.ts';
import { parseApiPath } from './api-path.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { oneLine } from '../network/one-line.ts';
import type { ApiRequest } from './request.ts';

/** What the server says of a failure: the fields of `meta/v1` Status that are read. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly detailsKind: string;
  readonly causes: readonly { readonly reason: string; readonly message: string }[];
  /** Retry-After header, else the Status' own field. */
  readonly retryAfterSeconds: number | undefined;
}

/** The Status of an answer; what is not a Status (a load balancer's page) becomes one by its HTTP status. */
export function readStatus(status: number, body: Json | undefined, retryAfter?: string): ApiStatus {
  const raw = isObject(body) && body['kind'] === 'Status' ? body : {};
  const details = isObject(raw['details']) ? raw['details'] : {};
  const message = text(raw['message']) || text(body);
  return {
    code: status,
    reason: text(raw['reason']),
    message: oneLine(message) || `HTTP ${status}`,
    detailsKind: text(details['kind']),
    causes: readCauses(details['causes']),
    retryAfterSeconds:
      positive(Number.parseInt(retryAfter ?? '', 10)) ?? positive(Number(details['retryAfterSeconds'])),
  };
}

function readCauses(causes: Json | undefined): ApiStatus['causes'] {
  if (!Array.isArray(causes)) return [];
  return causes
    .filter(isObject)
    .map((cause) => ({ reason: text(cause['reason']), message: oneLine(text(cause['message'])) }));
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

/**
 * The error for an answer of 400 and above (kubernetes.io/docs/reference/using-api/api-concepts; apimachinery meta/v1
 * StatusReason).
 */
export function statusError(status: ApiStatus, request: ApiRequest, access: ClusterAccess): NodemendError {
  const server = access.server.origin;
  const { path } = request;
  const { code, message } = status;
  switch (code) {
    case 401:
      return new NodemendError('API_UNAUTHORIZED', { server, user: access.user });
    case 403:
      return forbidden(status, request, access);
    case 404:
      return new NodemendError('API_NOT_FOUND', { path });
    case 409:
      return new NodemendError('API_CONFLICT', { path, message });
    case 410:
      return new NodemendError('API_EXPIRED', { path });
    case 429:
      return new NodemendError('API_THROTTLED', { server, path, seconds: status.retryAfterSeconds ?? 1 });
    default:
      if (code >= 500) return new NodemendError('API_SERVER_ERROR', { server, status: code, message });
      return new NodemendError('API_REJECTED', { path, status: code, message });
  }
}

/** The authorizer's own sentence (apiserver endpoints/handlers/responsewriters/errors.go, forbiddenMessage). */
const denial =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) (?:resource "(?<resource>[^"]+)"|path "(?<path>[^"]+)")(?:.* in the namespace "(?<namespace>[^"]+)")?/;

/**
 * Without that sentence it is an admission rule's or a quota's 403, and no role would help; without any it is told from
 * the request.
 */
function forbidden({ code, message }: ApiStatus, request: ApiRequest, access: ClusterAccess): NodemendError {
  const denied = denial.exec(message)?.groups;
  if (denied === undefined && message !== 'HTTP 403')
    return new NodemendError('API_REJECTED', { path: request.path, status: code, message });
  const { user, verb, what, namespace } = denied ? readDenial(denied) : readAsked(request);
  return new NodemendError('API_FORBIDDEN', {
    user: user || access.user,
    verb,
    // As `kubectl auth can-i` writes it.
    resource: namespace === '' ? what : `${what} -n ${namespace}`,
    namespace,
    message,
  });
}

interface Denied {
  readonly user: string;
  readonly verb: string;
  readonly what: string;
  /** `''`: the whole cluster. */
  readonly namespace: string;
}

function readDenial({
  user = '',
  verb = '',
  resource,
  path = '',
  namespace = '',
}: Readonly<Record<string, string | undefined>>): Denied {
  return { user, verb, what: resource ?? path, namespace };
}

function readAsked(request: ApiRequest): Denied {
  const asked = parseApiPath(request.path);
  return {
    user: '',
    verb: verbOf(request, asked?.name),
    what: asked?.resource ?? request.path,
    namespace: asked?.namespace ?? '',
  };
}

function verbOf(request: ApiRequest, name: string | undefined): string {
  if (request.method === 'GET') return request.query?.['watch'] ? 'watch' : name === undefined ? 'list' : 'get';
  return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[request.method];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
