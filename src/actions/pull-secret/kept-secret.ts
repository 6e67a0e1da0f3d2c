import { sha256 } from '../../hash/sha256.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object, text, texts } from '../../kubernetes/json-fields.ts';
import type { ClusterActionContext, ObjectReference } from '../cluster-action.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { managedByLabel, runAnnotation } from '../ownership.ts';
import { metadataOf, objectPath, readObject } from '../read-object.ts';
import type { SecretParts } from './secret-object.ts';

/** What the Secret had besides its data; `kubectl get secrets -l nodemend.dev/run=RUN` finds all of a run. */
const keptAnnotation = 'nodemend.dev/kept';

/**
 * Where the content stands that a Secret had before: in a Secret beside it, which nobody can read who could not read
 * that one. Its name follows from the version of the Secret that the plan saw, so that a run that goes on finds it, and
 * another run has its own.
 */
export function keptReference({ object: { namespace = '', name, ...rest }, from }: PullSecretAction): ObjectReference {
  const version = from === 'absent' ? [] : [from.uid, from.resourceVersion];
  const hash = sha256(Buffer.from(JSON.stringify([namespace, name, ...version]), 'utf8')).slice(0, 12);
  return { ...rest, namespace, name: `nodemend-kept-${hash}` };
}

export function keptObject(spec: PullSecretAction, { data, ...others }: SecretParts, run: string): JsonObject {
  const { namespace = '', name } = keptReference(spec);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace,
      name,
      labels: { [managedByLabel]: 'nodemend', [runAnnotation]: run },
      annotations: { [keptAnnotation]: JSON.stringify({ name: spec.object.name, ...others }) },
    },
    type: 'nodemend.dev/kept',
    data,
  };
}

/**
 * What is kept of this run; undefined where nothing is. @throws NodemendError PULL_SECRET_KEPT_INVALID when somebody
 * changed it
 */
export async function readKept(
  spec: PullSecretAction,
  context: ClusterActionContext,
): Promise<SecretParts | undefined> {
  const reference = keptReference(spec);
  const kept = await readObject(reference, context);
  if (kept === undefined || metadataOf(kept).labels[runAnnotation] !== context.run) return undefined;
  const others = parse(metadataOf(kept).annotations[keptAnnotation]);
  if (others['name'] !== spec.object.name)
    throw new NodemendError('PULL_SECRET_KEPT_INVALID', { secret: `${reference.namespace ?? ''}/${reference.name}` });
  return {
    type: text(others['type']),
    data: texts(kept['data']),
    labels: texts(others['labels']),
    annotations: texts(others['annotations']),
    immutable: others['immutable'] === true,
  };
}

/** Where a new object is sent to. */
export function collectionPath({ name: _name, ...collection }: ObjectReference): string {
  return apiPath(collection);
}

export async function removeKept(spec: PullSecretAction, { api }: ClusterActionContext): Promise<void> {
  await api.remove(objectPath(keptReference(spec)));
}

function parse(json = ''): JsonObject {
  try {
    return object(JSON.parse(json));
  } catch {
    return {};
  }
}
