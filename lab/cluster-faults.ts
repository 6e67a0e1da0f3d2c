import { isNodemendError } from '../src/errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../src/kubernetes/api.ts';
import { openKubernetes } from '../src/kubernetes/open-kubernetes.ts';
import type { ClusterFault } from '../src/problems/problem.ts';
import { labStatus, type LabStatus } from './lab-status.ts';
import type { LabChoice } from './lab-folder.ts';
import { chosenNodes } from './run-on-nodes.ts';

export interface ClusterBreakOptions extends LabChoice {
  readonly fault: { readonly name: string; readonly objects: ClusterFault };
  /** Default: all. */
  readonly nodes?: readonly string[];
}

/** Marks what a fault made, so that it can be taken away again. */
const faultLabel = 'nodemend.dev/fault';

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
    for (const { path, object } of nodes.flatMap((node) => fault.objects(node)))
      await createOnce(api, path, labelled(object, fault.name));
  });
  return nodes;
}

/** Takes away the pods of faults on these nodes. */
export async function labHealCluster(status: LabStatus, nodes: readonly string[]): Promise<void> {
  await withApi(status, async (api) => {
    const project = ({ metadata, spec }: JsonObject) => ({
      ...(metadata as { readonly namespace: string; readonly name: string }),
      ...(spec as { readonly nodeName?: string }),
    });
    const pods = await api.list('/api/v1/pods', { labelSelector: faultLabel, project });
    for (const { namespace, name, nodeName } of pods) {
      if (nodes.includes(nodeName ?? '')) await api.remove(`/api/v1/namespaces/${namespace}/pods/${name}`);
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

function labelled(object: JsonObject, fault: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  return {
    ...object,
    metadata: { ...metadata, labels: { ...(metadata['labels'] as JsonObject | undefined), [faultLabel]: fault } },
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
