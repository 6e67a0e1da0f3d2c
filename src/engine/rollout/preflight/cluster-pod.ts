import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Labels } from '../../../kubernetes/label-selector.ts';
import { readPodNeeds, type PodNeeds } from './pod-needs.ts';

/** A Pod, as far as a drain looks at it. */
export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty where none was found for it yet. */
  readonly node: string;
  readonly labels: Labels;
  readonly phase: string;
  readonly ready: boolean;
  /** Its end was asked for already. */
  readonly deleting: boolean;
  /** Of a manifest on the node: the API server only shows it. */
  readonly mirror: boolean;
  readonly emptyDir: boolean;
  /** What it is given to end, `spec.terminationGracePeriodSeconds`. */
  readonly graceSeconds: number;
  readonly controller: Controller | undefined;
  readonly needs: PodNeeds;
}

export interface Controller {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export function readClusterPod(raw: JsonObject): ClusterPod {
  const metadata = object(raw['metadata']);
  const [spec, status] = [object(raw['spec']), object(raw['status'])];
  const [namespace, name] = [text(metadata['namespace']), text(metadata['name'])];
  return {
    namespace,
    name,
    uid: text(metadata['uid']),
    node: text(spec['nodeName']),
    labels: texts(metadata['labels']),
    phase: text(status['phase']),
    ready: objects(status['conditions']).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    deleting: metadata['deletionTimestamp'] !== undefined,
    mirror: object(metadata['annotations'])['kubernetes.io/config.mirror'] !== undefined,
    graceSeconds: graceOf(spec['terminationGracePeriodSeconds']),
    emptyDir: objects(spec['volumes']).some((volume) => volume['emptyDir'] !== undefined),
    controller: controllerOf(metadata),
    needs: readPodNeeds(spec, { namespace, name }),
  };
}

export function podName({ namespace, name }: Pick<ClusterPod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** A pod that has ended, which holds nothing of its node any more. */
export function hasFinished({ phase }: Pick<ClusterPod, 'phase'>): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** The API server fills it in with 30. */
function graceOf(value: unknown): number {
  return typeof value === 'number' ? value : 30;
}

function controllerOf(metadata: JsonObject): Controller | undefined {
  const owner = objects(metadata['ownerReferences']).find(({ controller }) => controller === true);
  if (!owner) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion: text(apiVersion), kind: text(kind), name: text(name), uid: text(uid) };
}
