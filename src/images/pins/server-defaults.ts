import type { Json, JsonObject } from '../../kubernetes/api.ts';
import daemonSet from './daemon-set-fields.json' with { type: 'json' };

/** nodemend's name as `metadata.managedFields` has it (actions/ownership.ts). */
const own = { manager: 'nodemend', operation: 'Apply' } as const;

/** A field that nodemend writes and that nobody has a reason to change. */
const ownField = 'automountServiceAccountToken';

/** Every default of the servers that have these is written out in what nodemend makes. */
const knownFields = new Set(daemonSet.fields);

/** Below these there are no fields, but whatever somebody calls a key. */
const openMaps = new Set(['annotations', 'labels', 'limits', 'matchLabels', 'nodeSelector', 'requests']);

/**
 * A DaemonSet without the fields that its server has filled in and nodemend does not know yet: a newer API has them, and
 * they change what is there as little as they do for every other DaemonSet of the cluster. Such a field is none of those
 * of today's API, which may be an admission webhook's doing and can be anything; and nobody else says that it is theirs,
 * which the server notes of everybody who sets one (managedFields). Where it does not note what nodemend wrote either,
 * somebody has wiped its notes, and nothing is left out. Pure. @param made as nodemend makes it
 */
export function withoutServerDefaults(object: JsonObject, made: JsonObject): JsonObject {
  const others = fieldsOfOthers(object);
  if (others === undefined) return object;
  const { spec, ...rest } = object;
  return spec === undefined ? object : { ...rest, spec: without(spec, made['spec'], others) };
}

function without(found: Json, made: Json | undefined, others: Others): Json {
  if (Array.isArray(found) && Array.isArray(made))
    return (found as readonly Json[]).map((part, index) => without(part, (made as readonly Json[])[index], others));
  if (!isObject(found) || !isObject(made)) return found;
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]): readonly (readonly [string, Json])[] => {
      if (!Object.hasOwn(made, key)) return knownFields.has(key) || others.named.has(key) ? [[key, value]] : [];
      return [[key, openMaps.has(key) || others.whole.has(key) ? value : without(value, made[key], others)]];
    }),
  );
}

/** What others than nodemend have set, by the names of the fields alone. */
interface Others {
  readonly named: ReadonlySet<string>;
  /** Those that are somebody's with all that is in them, such as a list of tolerations. */
  readonly whole: ReadonlySet<string>;
}

/** Undefined where nodemend's own note is missing. */
function fieldsOfOthers({ metadata }: JsonObject): Others | undefined {
  const notes = isObject(metadata) ? metadata['managedFields'] : undefined;
  if (!Array.isArray(notes)) return undefined;
  const objects = (notes as readonly Json[]).filter(isObject);
  const isOwn = ({ manager, operation }: JsonObject): boolean => manager === own.manager && operation === own.operation;
  const fields = (note: JsonObject): readonly NotedField[] => fieldsIn(note['fieldsV1']);
  if (!objects.some((note) => isOwn(note) && fields(note).some(({ name }) => name === ownField))) return undefined;
  const ofOthers = objects.filter((note) => !isOwn(note)).flatMap(fields);
  return {
    named: new Set(ofOthers.map(({ name }) => name)),
    whole: new Set(ofOthers.filter(({ isWhole }) => isWhole).map(({ name }) => name)),
  };
}

interface NotedField {
  readonly name: string;
  readonly isWhole: boolean;
}

/** `{"f:spec":{"f:template":{}}}`: fields below fields, and elements of lists (`k:…`) between them, however deep. */
function fieldsIn(noted: Json | undefined): readonly NotedField[] {
  const fields: NotedField[] = [];
  const left = [noted];
  while (left.length > 0) {
    const one = left.pop();
    for (const [key, below] of Object.entries(isObject(one) ? one : {})) {
      const isWhole = isObject(below) && Object.keys(below).length === 0;
      if (key.startsWith('f:')) fields.push({ name: key.slice('f:'.length), isWhole });
      left.push(below);
    }
  }
  return fields;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
