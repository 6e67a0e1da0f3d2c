import { isNodemendError } from '../errors/nodemend-error.ts';
import type { JsonObject } from '../kubernetes/api.ts';
import { apiPath } from '../kubernetes/api-path.ts';
import type { ClusterActionContext, ObjectReference } from './cluster-action.ts';

/** Undefined where there is no object of that name. @throws NodemendError API_… */
export async function readObject(
  object: ObjectReference,
  { api }: Pick<ClusterActionContext, 'api'>,
): Promise<JsonObject | undefined> {
  try {
    // No signal: what is half done is looked at to the end.
    return await api.get(objectPath(object), (raw) => raw);
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return undefined;
    throw error;
  }
}

export function objectPath({ group, version, resource, namespace, name }: ObjectReference): string {
  return apiPath({ group, version, resource, name, ...(namespace === undefined ? {} : { namespace }) });
}

export interface ObjectMetadata {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function metadataOf(object: JsonObject): ObjectMetadata {
  const metadata = fieldsOf(object['metadata']);
  return {
    uid: textOf(metadata['uid']),
    resourceVersion: textOf(metadata['resourceVersion']),
    labels: textsOf(metadata['labels']),
    annotations: textsOf(metadata['annotations']),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
