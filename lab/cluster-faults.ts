import { isNodemendError } from '../src/errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../src/kubernetes/api.ts';
import { apiPath, listPath } from '../src/kubernetes/api-path.ts';
import { openKubernetes } from '../src/kubernetes/open-kubernetes.ts';
import type { ClusterFault } from '../src/problems/problem.ts';
import { resources } from './api/resources.ts';
import { labStatus, type LabStatus } from './lab-status.ts';
import type { LabChoice } from './lab-folder.ts';
import { chosenNodes } from './run-on-nodes.ts';

export interface ClusterBreakOptions extends LabChoice {
  readonly fault: { readonly name: string; readonly objects: ClusterFault };
  /** Default: all. */
  readonly nodes?: readonly string[];
}

/** Mark what a fault made and the node that it was made for, so that it can be taken away again. */
const faultLabel = 'nodemend.dev/fault';
const nodeLabel = 'nodemend.dev/fault-node';

/**
 * Injects a fault that is made of objects; where it is already, nothing is done.
 * @returns the nodes that have it now
 * @throws NodemendError LAB_NOT_UP, LAB_NODE_UNKNOWN, API_…
 */
export async function labBreakCluster({
  fault,
  nodes: wanted,
  ...choice
}: ClusterBreakOptions): Promise<readonly string[]> {
  const status = await labStatus(choice);
  const nodes = chosenNodes(status, wanted);
  await withApi(status, async (api) => {
    for (const node of nodes)
      for (const { path, object } of fault.objects(node))
        await createOnce(api, path, labelled(object, { [faultLabel]: fault.name, [nodeLabel]: node }));
  });
  return nodes;
}

/** Takes away what faults made for these nodes; what several of them share was made for the first. */
export async function labHealCluster(status: LabStatus, nodes: readonly string[]): Promise<void> {
  const project = ({ metadata }: JsonObject) =>
    metadata as { readonly namespace?: string; readonly name: string; readonly labels: Record<string, string> };
  await withApi(status, async (api) => {
    for (const { group, version, plural } of resources) {
      const made = await api.list(apiPath({ group, version, resource: plural }), { labelSelector: nodeLabel, project });
      for (const { namespace, name, labels } of made)
        if (nodes.includes(labels[nodeLabel] ?? ''))
          await api.remove(listPath({ group, version, resource: plural, name }, namespace));
    }
  });
}

async function createOnce(api: KubernetesApi, path: string, object: JsonObject): Promise<void> {
  try {
    await api.create(path, object, () => undefined);
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'API_CONFLICT') throw error;
  }
}

function labelled(object: JsonObject, labels: Readonly<Record<string, string>>): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  return {
    ...object,
    metadata: { ...metadata, labels: { ...(metadata['labels'] as JsonObject | undefined), ...labels } },
  };
}

async function withApi(status: LabStatus, work: (api: KubernetesApi) => Promise<void>): Promise<void> {
  const api = await openKubernetes({ kubeconfig: status.folder.kubeconfig, environment: {} });
  try {
    await work(api);
  } finally {
    await api.close();
  }
}
