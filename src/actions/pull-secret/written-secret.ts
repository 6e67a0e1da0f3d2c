import type { JsonObject } from '../../kubernetes/api.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { managedByLabel, runAnnotation } from '../ownership.ts';
import { metadataOf } from '../read-object.ts';
import { dataKey, withLogin } from './secret-content.ts';
import { contentOf, partsOf } from './secret-object.ts';

export interface Version {
  readonly uid: string;
  readonly resourceVersion: string;
}

export function versionOf(object: JsonObject): Version {
  const { uid, resourceVersion } = metadataOf(object);
  return { uid, resourceVersion };
}

export interface Writing {
  readonly password: string;
  readonly run: string;
}

/**
 * The fields of a Secret that was there which are ours from now on: its login, and whose run wrote it. All else stays
 * whose it is.
 */
export function changedSecret(spec: PullSecretAction, now: JsonObject, writing: Writing): JsonObject {
  const { object, type } = spec;
  const before = partsOf(now);
  const content = before.type === type ? contentOf(before, dataKey(type)) : '';
  return secretOf(
    spec,
    { ...versionOf(now), name: object.name, namespace: object.namespace ?? '' },
    { ...writing, before: content },
  );
}

/** A Secret that was not there, or is re-created. */
export function newSecret(spec: PullSecretAction, writing: Writing): JsonObject {
  const { name, namespace = '' } = spec.object;
  return secretOf(spec, { name, namespace, labels: { [managedByLabel]: 'nodemend' } }, { ...writing, before: '' });
}

function secretOf(
  { key, user, type }: PullSecretAction,
  metadata: JsonObject,
  { password, run, before }: Writing & { readonly before: string },
): JsonObject {
  const content = withLogin(before, type, { key, user, password });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, annotations: { [runAnnotation]: run } },
    type,
    data: { [dataKey(type)]: Buffer.from(content, 'utf8').toString('base64') },
  };
}
