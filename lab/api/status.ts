import type { Fields } from './objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** A refusal as a real API server words it: the HTTP code and the body of kind Status. */
export interface Refusal {
  readonly code: number;
  readonly body: Fields;
  readonly retryAfterSeconds?: number;
}

export interface RefusalOptions {
  readonly details?: Fields;
  readonly retryAfterSeconds?: number;
}

export function refusal(code: number, reason: string, message: string, options: RefusalOptions = {}): Refusal {
  const { details, retryAfterSeconds } = options;
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details && { details }),
    code,
  };
  return { code, body, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function detailsOf(resource: Resource, name: string): Fields {
  return { name, ...(resource.group && { group: resource.group }), kind: resource.plural };
}

export function notFound(resource: Resource, name: string): Refusal {
  return refusal(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, { details: detailsOf(resource, name) });
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
  const message = `${resource.kind}.${resource.group} "${name}" is invalid: ${problem}`;
  return refusal(422, 'Invalid', message, { details: detailsOf(resource, name) });
}

export function badRequest(message: string): Refusal {
  return refusal(400, 'BadRequest', message);
}

/** Reason Expired: the answer for a continue token or a resource version that the server has forgotten. */
export function expired(message: string): Refusal {
  return refusal(410, 'Expired', message);
}
