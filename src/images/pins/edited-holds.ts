import { isDeepStrictEqual } from 'node:util';
import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { sha256 } from '../../hash/sha256.ts';
import { essenceOf } from './harmless-edits.ts';
import { holdName, holdNamespace, holdOf, imageHold, madeToHold, type ImageHold } from './image-hold.ts';
import { withoutServerDefaults } from './server-defaults.ts';

/** A DaemonSet that holds images, as it is in the cluster. */
export interface FoundHold {
  readonly hold: ImageHold;
  /** Without what only the server writes, or fills in. */
  readonly object: JsonObject;
}

/**
 * One that nodemend made and that somebody has changed since, is deleting, or has put below an object of theirs, with
 * which it goes. What it still holds nobody can rely on; it is theirs, and nodemend neither changes nor removes it.
 */
export interface EditedHold {
  readonly name: string;
  readonly why: 'edited' | 'deleted' | 'owned';
  /** What it was made for; undefined where too much of it was changed to tell. */
  readonly made: ImageHold | undefined;
  /** Fields that are not as nodemend makes them: `spec.template.spec.containers[0].image`. */
  readonly fields: readonly string[];
  /** What `acceptedEdit` has to say for it, as it is now. */
  readonly accepts: string;
  /** Whether somebody says that it is meant to be as it is. */
  readonly isAccepted: boolean;
}

/**
 * An annotation by which whoever edited a hold on purpose says so: for the very edit that it names, and for nothing that
 * becomes of it later.
 */
export const acceptedEdit = 'nodemend.dev/image-hold-accepted';

interface Holds {
  readonly found: readonly FoundHold[];
  readonly edited: readonly EditedHold[];
}

/** Asked of each node, and the same for all. */
const known = new WeakMap<Evidence, Observed<Holds>>();

export function holdsIn(evidence: Evidence): Observed<Holds> {
  const holds = known.get(evidence) ?? read(evidence);
  known.set(evidence, holds);
  return holds;
}

function read({ cluster }: Evidence): Observed<Holds> {
  if (cluster.state !== 'seen') return cluster;
  const { imageHolds } = cluster.value;
  if (imageHolds === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  if (imageHolds.state !== 'seen') return imageHolds;
  const objects = imageHolds.value.map(parsed);
  if (objects.includes(undefined))
    return { state: 'unknown', reason: 'malformed', detail: 'a DaemonSet that holds images is not JSON' };
  const judged = objects.flatMap((object) => (object === undefined ? [] : (judge(object) ?? [])));
  const found = judged.flatMap((one) => ('hold' in one ? [one] : []));
  const edited = judged.flatMap((one) => ('hold' in one ? [] : [one]));
  return { state: 'seen', value: { found, edited } };
}

/** What else has the label was never made by nodemend. */
function judge(raw: JsonObject): FoundHold | EditedHold | undefined {
  const metadata = asObject(asObject(raw)?.['metadata']) ?? {};
  const name = nameIn(metadata);
  if (name === undefined) return undefined;
  const object = ownText(raw);
  const hold = holdOf(object);
  const end = endOf(metadata);
  if (hold !== undefined && end === undefined) return { hold, object };
  const why = end ?? 'edited';
  const { made, fields } = changesOf(object);
  const accepts = editOf(object, made);
  // Of one that goes nothing is left to be meant.
  const isAccepted = why !== 'deleted' && asObject(metadata['annotations'])?.[acceptedEdit] === accepts;
  return { name, why, made, fields, accepts, isAccepted };
}

/** Of those that nodemend can have made. */
function nameIn({ name, namespace }: JsonObject): string | undefined {
  return namespace === holdNamespace && typeof name === 'string' && holdName.test(name) ? name : undefined;
}

/** What of it somebody has written. */
function ownText(raw: JsonObject): JsonObject {
  const made = madeToHold(raw);
  const object = made === undefined ? raw : withoutServerDefaults(raw, imageHold(made));
  const { managedFields: _notes, ...metadata } = asObject(object['metadata']) ?? {};
  return { ...object, metadata };
}

/** Short for what an edit makes of a hold. */
function editOf(object: JsonObject, made: ImageHold | undefined): string {
  const essence = essenceOf(object, made === undefined ? {} : imageHold(made));
  const { ownerReferences = [] } = asObject(object['metadata']) ?? {};
  return sha256(Buffer.from(JSON.stringify([essence, ownerReferences]))).slice(0, 10);
}

/** In a bundle there may be anything; what is JSON and not an object is not ours. */
function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function endOf({ deletionTimestamp, ownerReferences }: JsonObject): 'deleted' | 'owned' | undefined {
  if (deletionTimestamp !== undefined) return 'deleted';
  return Array.isArray(ownerReferences) && ownerReferences.length > 0 ? 'owned' : undefined;
}

function changesOf(object: JsonObject): Pick<EditedHold, 'made' | 'fields'> {
  const made = madeToHold(object);
  if (made === undefined) return { made, fields: [] };
  const own = imageHold(made);
  const [found, wanted] = [essenceOf(object, own), essenceOf(own, own)];
  const labels = [found, wanted].map(({ metadata }) => asObject(metadata)?.['labels']);
  const fields = [
    ...differing(labels[0], labels[1], 'metadata.labels'),
    ...differing(found['spec'], wanted['spec'], 'spec'),
  ];
  return { made, fields };
}

/** Where two values differ, as kubectl explain writes it. */
function differing(one: unknown, other: unknown, at: string): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.flatMap((value: unknown, index) => differing(value, other[index], `${at}[${index}]`));
  const [first, second] = [asObject(one), asObject(other)];
  if (first === undefined || second === undefined) return [at];
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return [...keys].flatMap((key) => differing(first[key], second[key], `${at}.${key}`));
}
