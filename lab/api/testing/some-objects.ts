import type { KubeObject } from '../objects.ts';

export function namespace(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

export function node(name: string, labels: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    status: {},
  };
}

/** A pod that runs and is ready. */
export function pod(namespaceName: string, name: string, labels: Readonly<Record<string, string>> = {}): KubeObject {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: namespaceName, name, labels },
    spec: { nodeName: 'worker-1' },
    status,
  };
}

/** A budget that its controller has seen, unless `observed` is 0. */
export function budget(namespaceName: string, name: string, app: string, observed = 1): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: namespaceName, name, generation: 1 },
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
    status: { expectedPods: 1, observedGeneration: observed },
  };
}

export const eightNodes: readonly KubeObject[] = Array.from({ length: 8 }, (_, index) =>
  node(`worker-${index + 1}`, { pool: index < 4 ? 'blue' : 'green' }),
);
