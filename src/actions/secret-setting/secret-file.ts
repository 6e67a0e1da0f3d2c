import { unspliced, type Splice, type Switch } from '../../gcfg/switch.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { object, text } from '../../kubernetes/json-fields.ts';
import type { ObjectState } from '../cluster-action.ts';
import { runAnnotation } from '../ownership.ts';
import { metadataOf } from '../read-object.ts';
import type { SecretSettingAction } from './secret-setting-action.ts';

/** A file of a Secret; undefined where it is not there, or no text that could be written again to the byte. */
export function fileOf(secret: JsonObject, file: string): string | undefined {
  const encoded = object(secret['data'])[file];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(text(encoded), 'base64');
  const content = bytes.toString('utf8');
  return Buffer.from(content, 'utf8').equals(bytes) ? content : undefined;
}

export function encoded(content: string): string {
  return Buffer.from(content, 'utf8').toString('base64');
}

/** The file as it was before; undefined where it is not as the run left it. */
export function fileBefore(
  { file, splice, setting }: { readonly file: string; readonly splice: Splice; readonly setting: Switch },
  secret: JsonObject,
): string | undefined {
  const now = fileOf(secret, file);
  return now === undefined ? undefined : unspliced(now, splice, setting);
}

export function isOfRun(secret: JsonObject, run: string): boolean {
  return metadataOf(secret).annotations[runAnnotation] === run;
}

/** What the Secret says of an action. */
export function settingState(spec: SecretSettingAction, now: JsonObject | undefined, run: string): ObjectState {
  if (now === undefined || metadataOf(now).uid !== spec.uid) return 'moved';
  if (isOfRun(now, run)) return fileBefore(spec, now) === undefined ? 'moved' : 'applied';
  return metadataOf(now).resourceVersion === spec.resourceVersion ? 'as-before' : 'moved';
}
