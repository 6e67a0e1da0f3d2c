import type { JsonObject } from '../../../../kubernetes/api.ts';
import { readBudget } from '../budget.ts';
import { readClusterPod } from '../cluster-pod.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import { readSchedulingNode } from '../scheduling-node.ts';
import { readVolume, readVolumeClaim } from '../volume.ts';

/** Objects as an API server has them, with what a test says of them; none is from a real cluster. */
export interface SomeNode {
  readonly name: string;
  readonly cpu?: string;
  readonly labels?: JsonObject;
  readonly spec?: JsonObject;
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly status?: JsonObject;
}

export function someNode({ name, cpu = '4', labels = {}, spec = {}, ready = 'True', status }: SomeNode): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: {
      allocatable: { cpu, memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: ready }],
      nodeInfo: { kubeletVersion: 'v1.34.4' },
      ...status,
    },
  };
}

export interface SomePod {
  readonly name: string;
  readonly node?: string;
  readonly cpu?: string;
  readonly labels?: JsonObject;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly phase?: string;
  readonly ready?: boolean;
  /** `Kind/name` of its controller; a ReplicaSet when it is not given, none for `''`. */
  readonly controller?: string;
  readonly namespace?: string;
}

/** Runs and is ready, unless it is said otherwise. */
export function somePod(pod: SomePod): JsonObject {
  const { name, namespace, labels, controller, phase, ready } = { ...usualPod, labels: { app: pod.name }, ...pod };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      uid: `uid-${name}`,
      labels,
      ownerReferences: ownersOf(controller),
      ...pod.metadata,
    },
    spec: specOf(pod),
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const usualPod = { namespace: 'shop', controller: 'ReplicaSet/web', phase: 'Running', ready: true };

function specOf({ node = '', cpu = '100m', spec = {} }: SomePod): JsonObject {
  return {
    ...(node === '' ? {} : { nodeName: node }),
    containers: [{ name: 'main', image: 'localhost/main', resources: { requests: { cpu } } }],
    ...spec,
  };
}

function ownersOf(controller: string): JsonObject[] {
  const [kind = '', name = ''] = controller.split('/');
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return kind === '' ? [] : [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }];
}

export interface SomeBudget {
  readonly name: string;
  readonly selector?: JsonObject;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** A budget that guards three healthy pods and lets one go. */
export function someBudget({ name, selector = {}, spec = {}, status = {} }: SomeBudget): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: 'shop', name, generation: 1 },
    spec: { maxUnavailable: 1, selector, ...spec },
    status: {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      ...status,
    },
  };
}

export interface SomeCluster {
  readonly nodes: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
  readonly budgets?: readonly JsonObject[];
  readonly claims?: readonly JsonObject[];
  readonly volumes?: readonly JsonObject[];
  readonly daemonSets?: readonly string[];
}

export function readingOf(cluster: SomeCluster): ClusterReading {
  const { nodes, pods, budgets = [], claims = [], volumes = [], daemonSets = [] } = cluster;
  return {
    nodes: nodes.map(readSchedulingNode),
    pods: pods.map(readClusterPod),
    budgets: { known: true, items: budgets.map(readBudget) },
    claims: { known: true, items: claims.map(readVolumeClaim) },
    volumes: { known: true, items: volumes.map(readVolume) },
    daemonSets: { known: true, items: daemonSets },
  };
}
