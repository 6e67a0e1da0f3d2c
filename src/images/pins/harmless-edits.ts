import type { Json, JsonObject } from '../../kubernetes/api.ts';

/**
 * What others write into a DaemonSet and that changes neither which pods it has, nor what they may do, nor what keeps them running:
 * labels of its own (Argo CD and Helm track by them), the time that `kubectl rollout restart` writes into the pod template, how
 * many revisions are kept, how long a pod counts as new or may take to end, and tolerations beside the one for everything.
 * Under `OnDelete` none of them restarts a pod. Other labels and annotations of the pods do matter: webhooks add containers by
 * them, and AppArmor is turned off by one.
 */
const harmless = { spec: ['minReadySeconds', 'revisionHistoryLimit'], pod: ['terminationGracePeriodSeconds'] } as const;

/** kubectl, polymorphichelpers/objectrestarter.go. */
const restartedAt = 'kubectl.kubernetes.io/restartedAt';
const time = /^[\dTZ:.+-]{1,40}$/u;
/** Seconds, and revisions. */
const mostOfAny = 3_600;

/**
 * What a DaemonSet is compared by: without what only the server writes, whose run wrote it, and what harms nothing. Takes
 * anything that is JSON. @param made as nodemend makes it
 */
export function essenceOf(object: JsonObject, made: JsonObject): JsonObject {
  const { status: _status, metadata, spec, ...rest } = object;
  const { name = null, namespace = null, labels } = fields(metadata);
  const { template, ...others } = fields(spec);
  const { metadata: podMetadata, spec: pod, ...more } = fields(template);
  const own = new Set(Object.keys(fields(fields(made['metadata'])['labels'])));
  const without = new Set<string>(Object.keys(harmlessIn(object).spec));
  return {
    ...rest,
    metadata: { name, namespace, labels: kept(fields(labels), (key) => own.has(key)) },
    spec: {
      ...kept(others, (key) => !without.has(key)),
      template: { ...more, metadata: podMetadataOf(podMetadata), spec: podOf(fields(pod), made) },
    },
  };
}

/** As nodemend makes it now, with what others wrote into the one that is there and that harms nothing. */
export function withHarmless(made: JsonObject, found: JsonObject): JsonObject {
  const [metadata, spec] = [fields(made['metadata']), fields(made['spec'])];
  const template = fields(spec['template']);
  const theirs = harmlessIn(found);
  return {
    ...made,
    metadata: {
      ...metadata,
      labels: { ...fields(fields(found['metadata'])['labels']), ...fields(metadata['labels']) },
    },
    spec: {
      ...spec,
      ...theirs.spec,
      template: {
        ...template,
        metadata: { ...fields(template['metadata']), ...theirs.podMetadata },
        spec: { ...fields(template['spec']), ...theirs.pod },
      },
    },
  };
}

interface Harmless {
  readonly spec: JsonObject;
  readonly podMetadata: JsonObject;
  readonly pod: JsonObject;
}

function harmlessIn(object: JsonObject): Harmless {
  const spec = fields(object['spec']);
  const { metadata, spec: pod } = fields(spec['template']);
  const { annotations } = fields(metadata);
  return {
    spec: numbers(spec, harmless.spec),
    podMetadata: annotations !== undefined && isRestart(annotations) ? { annotations } : {},
    pod: { ...numbers(fields(pod), harmless.pod), ...tolerationsForAll(fields(pod)) },
  };
}

function numbers(object: JsonObject, names: readonly string[]): JsonObject {
  const isSmall = (value: Json): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= mostOfAny;
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => names.includes(name) && isSmall(value)));
}

function isRestart(annotations: Json): boolean {
  return Object.entries(fields(annotations)).every(
    ([name, value]) => name === restartedAt && typeof value === 'string' && time.test(value),
  );
}

/** Of a pod that tolerates everything: it tolerates no more by being told to. */
function tolerationsForAll({ tolerations }: JsonObject): JsonObject {
  const isForAll = (one: Json): boolean => JSON.stringify(one) === '{"operator":"Exists"}';
  return Array.isArray(tolerations) && tolerations.some(isForAll) ? { tolerations } : {};
}

function podMetadataOf(metadata: Json | undefined): JsonObject {
  // The server writes it as null.
  const { creationTimestamp: _none, annotations, ...rest } = fields(metadata);
  return annotations === undefined || isRestart(annotations) ? rest : { ...rest, annotations };
}

function podOf(pod: JsonObject, made: JsonObject): JsonObject {
  const own = fields(fields(fields(made['spec'])['template'])['spec']);
  const small = numbers(pod, harmless.pod);
  const rest = kept(pod, (key) => !(key in small));
  return 'tolerations' in tolerationsForAll(pod) ? { ...rest, tolerations: own['tolerations'] ?? null } : rest;
}

function kept(object: JsonObject, isKept: (key: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => isKept(key)));
}

function fields(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
