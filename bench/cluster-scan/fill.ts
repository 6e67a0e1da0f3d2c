import { Agent, request } from 'node:https';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import type { ControlPlane } from '../../testbed/control-plane/control-plane.ts';
import { syntheticNode, syntheticPod } from './synthetic-objects.ts';

export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
}

const parallel = 48;

/** Puts synthetic nodes and pods into a real cluster. Nothing runs on them. */
export async function fillCluster(plane: ControlPlane, { nodes, pods }: ClusterSize): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel, ca: plane.authority.certificate });
  const headers = { authorization: `Bearer ${plane.tokens.get('admin')}`, 'content-type': 'application/json' };
  const post = (path: string, body: JsonObject) =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(`${plane.server}${path}`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(`POST ${path}: ${answer.statusCode}`))));
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(body));
    });
  await inParallel(nodes, (index) => post('/api/v1/nodes', syntheticNode(index)));
  if (pods > 0) {
    await post('/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    await inParallel(pods, (index) => post('/api/v1/namespaces/default/pods', syntheticPod(index, nodes)));
  }
  agent.destroy();
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
