import type { Fields } from './objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** A refusal as a real API server words it: the HTTP code and the body of kind Status. */
export interface Refusal {
  readonly code: number;
  /** A text for what the API machinery itself does not answer. */
  readonly body: Fields | string;
  readonly retryAfterSeconds?: number;
}

export interface RefusalOptions {
  readonly details?: Fields;
  readonly metadata?: Fields;
  readonly retryAfterSeconds?: number;
}

/** @param reason empty where a real server gives none */
export function refusal(code: number, reason: string, message: string, options: RefusalOptions = {}): Refusal {
  const { details, metadata = {}, retryAfterSeconds } = options;
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    ...(reason !== '' && { reason }),
    ...(details && { details }),
    code,
  };
  return { code, body, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function detailsOf(resource: Resource, name: string): Fields {
  return { name, ...(resource.group && { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): Refusal {
  return refusal(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, {
    details: detailsOf(resource, name),
  });
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return refusal(409, 'AlreadyExists', message, { details: detailsOf(resource, name) });
}

export function conflict(resource: Resource, name: string): Refusal {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return refusal(409, 'Conflict', message, { details: detailsOf(resource, name) });
}

export function invalid(resource: Resource, name: string, problem: string): Refusal {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const message = `${kind} "${name}" is invalid: ${problem}`;
  return refusal(422, 'Invalid', message, { details: detailsOf(resource, name) });
}

export function unknownPath(): Refusal {
  return { code: 404, body: '404 page not found\n' };
}

export function badRequest(message: string): Refusal {
  return refusal(400, 'BadRequest', message);
}
