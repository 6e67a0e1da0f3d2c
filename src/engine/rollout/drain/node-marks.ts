import { fieldManager } from '../../../actions/ownership.ts';
import type { Json, JsonObject } from '../../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import { isRunId } from '../../run-id.ts';

/** Nobody's load balancer sends to a node with this label, whatever its value is (well-known labels). */
export const exclusionLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** The cluster autoscaler does not take away a node with this annotation (its FAQ). */
export const scaleInAnnotation = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
export const marksAnnotation = 'nodemend.dev/drained-by';

/** The label's value as nodemend writes it, so that it is known for its own. */
const ownExclusion = 'nodemend';

/** Who took a node out of service, and all that is needed to put it back as it was, kept on the node itself. */
export interface NodeMarks {
  readonly run: string;
  /** `kim@laptop`. */
  readonly owner: string;
  /** In the words of who asked for it. */
  readonly reason?: string;
  /** RFC 3339. */
  readonly since: string;
  readonly before: NodeBefore;
  /** Workloads of the pods that were there. */
  readonly workloads: readonly WorkloadBefore[];
  /** The pods that stay on the node and were ready. */
  readonly own?: readonly OwnPod[];
}

/** A pod of a DaemonSet, named by that, or of a manifest on the node. */
export interface OwnPod {
  readonly kind: 'DaemonSet' | 'Pod';
  readonly namespace: string;
  readonly name: string;
  /** Tells its containers from those that were started after a reboot. */
  readonly containers: string;
}

interface NodeBefore {
  readonly unschedulable: boolean;
  /** The label's value; null where it was not there. */
  readonly excluded: string | null;
  readonly scaleIn: string | null;
  /** Of the boot that its kubelet spoke from; absent in what was written before it was kept, or where it never spoke. */
  readonly bootId?: string;
}

/** How many pods of a workload were available. */
export interface WorkloadBefore {
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'ReplicationController';
  readonly namespace: string;
  readonly name: string;
  readonly available: number;
}

/** @returns undefined where there are none; `unreadable` where somebody changed them */
export function readMarks(node: JsonObject): NodeMarks | 'unreadable' | undefined {
  const written = texts(object(node['metadata'])['annotations'])[marksAnnotation];
  if (written === undefined) return undefined;
  try {
    const raw = object(JSON.parse(written));
    const before = object(raw['before']);
    const marks: NodeMarks = {
      run: text(raw['run']),
      owner: text(raw['owner']),
      ...(typeof raw['reason'] === 'string' ? { reason: raw['reason'] } : {}),
      since: text(raw['since']),
      before: {
        unschedulable: before['unschedulable'] === true,
        excluded: textOrNull(before['excluded']),
        scaleIn: textOrNull(before['scaleIn']),
        ...(text(before['bootId']) === '' ? {} : { bootId: text(before['bootId']) }),
      },
      workloads: objects(raw['workloads']).flatMap(readWorkload),
      own: objects(raw['own']).flatMap(readOwn),
    };
    return isRunId(marks.run) && typeof before['unschedulable'] === 'boolean' ? marks : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

const workloadKinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'] as const;

function readWorkload(raw: JsonObject): readonly WorkloadBefore[] {
  const kind = workloadKinds.find((one) => one === raw['kind']);
  const { available } = raw;
  if (!kind || typeof available !== 'number') return [];
  return [{ kind, namespace: text(raw['namespace']), name: text(raw['name']), available }];
}

function readOwn({ kind, namespace, name, containers }: JsonObject): readonly OwnPod[] {
  if (kind !== 'DaemonSet' && kind !== 'Pod') return [];
  return [{ kind, namespace: text(namespace), name: text(name), containers: text(containers) }];
}

/**
 * Cordons, keeps load balancers and the autoscaler's scale-in away, and says who did: one write, all of which is done or
 * nothing, for this very version of the node.
 */
export function markPatch(node: JsonObject, marks: Omit<NodeMarks, 'before'>): Json {
  const metadata = object(node['metadata']);
  const bootId = text(object(object(node['status'])['nodeInfo'])['bootID']);
  const before: NodeBefore = {
    unschedulable: object(node['spec'])['unschedulable'] === true,
    excluded: texts(metadata['labels'])[exclusionLabel] ?? null,
    scaleIn: texts(metadata['annotations'])[scaleInAnnotation] ?? null,
    ...(bootId === '' ? {} : { bootId }),
  };
  const { run, owner, reason, since, workloads, own = [] } = marks;
  const why = reason === undefined ? {} : { reason };
  return {
    metadata: {
      ...thisVersion(metadata),
      annotations: {
        [marksAnnotation]: JSON.stringify({ run, owner, ...why, since, before, workloads, own } satisfies NodeMarks),
        [scaleInAnnotation]: 'true',
      },
      ...(before.excluded === null ? { labels: { [exclusionLabel]: ownExclusion } } : {}),
    },
    ...(before.unschedulable ? {} : { spec: { unschedulable: true } }),
  };
}

/** What of a node in our hands is not put back, because it is somebody else's by now. */
export type LeftMark = 'cordon' | 'exclusion' | 'scale-in';

export interface Unmarking {
  readonly patch: Json;
  readonly left: readonly LeftMark[];
}

/**
 * Puts back exactly what the marks say was changed, field by field, where it is still ours: what another manager wrote
 * since (metadata.managedFields), or what has another value now, stays.
 *
 * @param claimed whether another tool keeps the node out of service, so that the cordon is its own by now
 */
export function unmarkPatch(node: JsonObject, { before }: NodeMarks, claimed: boolean): Unmarking {
  const metadata = object(node['metadata']);
  const [labels, annotations] = [texts(metadata['labels']), texts(metadata['annotations'])];
  const left: LeftMark[] = [];
  const ours = (mark: LeftMark, path: readonly string[], isAsWritten: boolean): boolean => {
    const is = isAsWritten && isOurs(metadata, path);
    if (!is) left.push(mark);
    return is;
  };
  const cordoned = object(node['spec'])['unschedulable'] === true;
  const uncordon = cordoned && !before.unschedulable && ours('cordon', ['f:spec', 'f:unschedulable'], !claimed);
  const include =
    before.excluded === null &&
    labels[exclusionLabel] !== undefined &&
    ours('exclusion', ['f:metadata', 'f:labels', `f:${exclusionLabel}`], labels[exclusionLabel] === ownExclusion);
  const resume =
    before.scaleIn !== 'true' &&
    annotations[scaleInAnnotation] !== undefined &&
    ours(
      'scale-in',
      ['f:metadata', 'f:annotations', `f:${scaleInAnnotation}`],
      annotations[scaleInAnnotation] === 'true',
    );
  return {
    patch: {
      metadata: {
        ...thisVersion(metadata),
        annotations: { [marksAnnotation]: null, ...(resume ? { [scaleInAnnotation]: before.scaleIn } : {}) },
        ...(include ? { labels: { [exclusionLabel]: null } } : {}),
      },
      ...(uncordon ? { spec: { unschedulable: null } } : {}),
    },
    left,
  };
}

function thisVersion(metadata: JsonObject): JsonObject {
  return { uid: text(metadata['uid']), resourceVersion: text(metadata['resourceVersion']) };
}

/** Where the server keeps no book of who wrote what, the value alone tells. */
function isOurs(metadata: JsonObject, path: readonly string[]): boolean {
  const owners = objects(metadata['managedFields']).filter(({ fieldsV1 }) => hasField(object(fieldsV1), path));
  return owners.every(({ manager }) => manager === fieldManager);
}

function hasField(fields: JsonObject, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return fields[key] !== undefined && hasField(object(fields[key]), rest);
}

const otherToolsTaints = ['ToBeDeletedByClusterAutoscaler', 'medik8s.io/drain'];
const kuredAtWork = 'weave.works/kured-reboot-in-progress';

/**
 * Another tool's sign on the node that it keeps it out of service, or takes it away: the cluster autoscaler's taint,
 * that of medik8s' node maintenance, kured's annotation. Undefined where there is none.
 */
export function otherToolsSign(node: JsonObject): string | undefined {
  const taints = objects(object(node['spec'])['taints']).map(({ key }) => text(key));
  const annotated = texts(object(node['metadata'])['annotations'])[kuredAtWork] !== undefined;
  return taints.find((key) => otherToolsTaints.includes(key)) ?? (annotated ? kuredAtWork : undefined);
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
