import type { JsonObject } from '../../kubernetes/api.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import { calicoNodePart } from '../calico/project-calico.ts';
import { marksOf } from './ownership-marks.ts';
import { templateImages } from './template-images.ts';
import { upkeepPart } from './upkeep.ts';
import type { Workload, WorkloadOwner } from './workload.ts';

/**
 * One object of a kind that makes pods; undefined where nothing can come of it. `managedFields`, which is most of many,
 * goes.
 */
export function projectWorkload(raw: JsonObject, kind: string): Workload | undefined {
  const metadata = object(raw['metadata']);
  const owner = ownerOf(metadata);
  if (kind === 'ReplicaSet' && owner !== undefined && isHistory(raw)) return undefined;
  const workload = { ...workloadOf(raw, metadata, owner), ...calicoNodePart(raw, kind), ...upkeepPart(metadata, kind) };
  return kind === 'Job' && isFinished(raw) ? { ...workload, finished: true } : workload;
}

/** A custom resource that names images, or through which what makes pods belongs to another object. */
export function projectCustom(raw: JsonObject): Workload | undefined {
  const metadata = object(raw['metadata']);
  const workload = workloadOf(raw, metadata, ownerOf(metadata));
  // What a pod or a node owns (endpoints of a network, for example) makes none, and there may be as many as pods.
  const isLink = workload.owner !== undefined && !['Pod', 'Node'].includes(workload.owner.kind);
  return workload.images.length > 0 || isLink || workload.truncated ? workload : undefined;
}

function workloadOf(raw: JsonObject, metadata: JsonObject, owner: WorkloadOwner | undefined): Workload {
  const { images, pullSecrets, truncated } = templateImages(raw);
  const marks = marksOf(metadata);
  const spec = object(raw['spec']);
  const annotations = object(object(object(spec['template'])['metadata'])['annotations']);
  const restartedBy = text(annotations['nodemend.dev/restarted-by']);
  const strategy = text(object(spec['strategy'])['type']) || text(object(spec['updateStrategy'])['type']);
  return {
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
    uid: text(metadata['uid']),
    ...(owner === undefined ? {} : { owner }),
    ...finalizersOf(metadata),
    ...(marks === undefined ? {} : { marks }),
    images,
    ...(pullSecrets.length === 0 ? {} : { pullSecrets }),
    ...(strategy === '' ? {} : { strategy }),
    ...(restartedBy === '' ? {} : { restartedBy }),
    ...(spec['paused'] === true ? { paused: true as const } : {}),
    ...(truncated ? { truncated: true as const } : {}),
  };
}

function finalizersOf({ finalizers }: JsonObject): Pick<Workload, 'finalizers'> {
  const names = Array.isArray(finalizers) ? finalizers.filter((one) => typeof one === 'string') : [];
  return names.length === 0 ? {} : { finalizers: names };
}

/** Who is not the controller can still put back what was changed: operators set plain owner references, too. */
function ownerOf(metadata: JsonObject): WorkloadOwner | undefined {
  const owners = objects(metadata['ownerReferences']);
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  return (
    owner && {
      apiVersion: text(owner['apiVersion']),
      kind: text(owner['kind']),
      name: text(owner['name']),
      uid: text(owner['uid']),
    }
  );
}

function isHistory(raw: JsonObject): boolean {
  return object(raw['spec'])['replicas'] === 0 && (object(raw['status'])['replicas'] ?? 0) === 0;
}

/** Conditions of a Job (batch/v1). */
function isFinished(raw: JsonObject): boolean {
  const conditions = objects(object(raw['status'])['conditions']);
  return conditions.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
}
