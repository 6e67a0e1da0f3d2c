import type { JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../kubernetes/json-fields.ts';
import type { ObjectState } from '../cluster-action.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { fieldManager, runAnnotation } from '../ownership.ts';
import { metadataOf } from '../read-object.ts';
import { dataKey } from './secret-content.ts';

/** What a run takes away from a Secret, and an undo puts back. */
export interface SecretParts {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

export function partsOf(secret: JsonObject): SecretParts {
  const { labels, annotations } = metadataOf(secret);
  return {
    type: text(secret['type']),
    data: texts(secret['data']),
    labels,
    annotations,
    immutable: secret['immutable'] === true,
  };
}

/** `data` decoded; empty where it is not there. */
export function contentOf({ data }: SecretParts, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8');
}

/**
 * What the Secret says of an action. No hash of a password is kept anywhere: that the content is still the run's is
 * known from the server's own book-keeping, which takes a field from us as soon as somebody else writes it
 * (metadata.managedFields).
 */
export function secretState(spec: PullSecretAction, now: JsonObject | undefined, run: string): ObjectState {
  if (now === undefined) return spec.from === 'absent' ? 'as-before' : 'moved';
  if (isOfRun(now, run)) return ownsContent(now, spec) ? 'applied' : 'moved';
  const { uid, resourceVersion } = metadataOf(now);
  return spec.from !== 'absent' && uid === spec.from.uid && resourceVersion === spec.from.resourceVersion
    ? 'as-before'
    : 'moved';
}

export function isOfRun(now: JsonObject, run: string): boolean {
  return metadataOf(now).annotations[runAnnotation] === run;
}

function ownsContent(now: JsonObject, { type }: PullSecretAction): boolean {
  const entries = objects(object(now['metadata'])['managedFields']);
  return entries.some(
    (entry) =>
      entry['manager'] === fieldManager &&
      entry['operation'] === 'Apply' &&
      `f:${dataKey(type)}` in object(object(entry['fieldsV1'])['f:data']),
  );
}
