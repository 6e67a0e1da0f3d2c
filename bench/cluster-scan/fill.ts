import { Agent, request } from 'node:https';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import type { ControlPlane } from '../../testbed/control-plane/control-plane.ts';
import { namespaceCount, namespaceName, syntheticNode, syntheticPod, syntheticWorkload } from './synthetic-objects.ts';

export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
  /** Deployments, each with its ReplicaSet. */
  readonly workloads: number;
}

const parallel = 48;

/** Puts synthetic nodes, workloads, pods and events into a real cluster. Nothing runs on them. */
export async function fillCluster(plane: ControlPlane, { nodes, pods, workloads }: ClusterSize): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel, ca: plane.authority.certificate });
  const authorization = `Bearer ${plane.tokens.get('admin')}`;
  const send = (method: 'POST' | 'PATCH', path: string, body: JsonObject) =>
    new Promise<void>((resolve, reject) => {
      const headers = {
        authorization,
        'content-type': method === 'POST' ? 'application/json' : 'application/merge-patch+json',
      };
      const outgoing = request(`${plane.server}${path}`, { method, agent, headers }, (answer) => {
        answer
          .resume()
          .on('end', () =>
            answer.statusCode === 201 || answer.statusCode === 200
              ? resolve()
              : reject(new Error(`${method} ${path}: ${answer.statusCode}`)),
          );
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(body));
    });
  await inParallel(nodes, (index) => send('POST', '/api/v1/nodes', syntheticNode(index)));
  await inParallel(namespaceCount, async (index) => {
    const name = namespaceName(index);
    await send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
  });
  await inParallel(workloads, async (index) => {
    const { deployment, replicaSet } = syntheticWorkload(index);
    const path = `/apis/apps/v1/namespaces/${namespaceName(index)}`;
    await send('POST', `${path}/deployments`, deployment);
    await send('POST', `${path}/replicasets`, replicaSet);
  });
  await inParallel(pods, async (index) => {
    const { pod, failing } = syntheticPod(index, { nodes, workloads });
    const path = `/api/v1/namespaces/${namespaceName(index % workloads)}`;
    await send('POST', `${path}/pods`, pod);
    if (!failing) return;
    await send('PATCH', `${path}/pods/${(pod['metadata'] as { readonly name: string }).name}/status`, {
      status: failing.status,
    });
    await send('POST', `${path}/events`, failing.event);
  });
  agent.destroy();
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
