import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { object, text } from '../../src/kubernetes/json-fields.ts';
import { waitUntil } from '../end-to-end/wait-until.ts';
import { namespace, web } from './shop.ts';

/** Does the work while the shop's budget is another, from when the controller has counted it. */
export async function withBudget(api: KubernetesApi, minAvailable: number, work: () => Promise<void>): Promise<void> {
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`;
  const ask = async (count: number): Promise<void> => {
    await api.patch(path, { spec: { minAvailable: count } }, { type: 'merge', project: () => undefined });
    await waitUntil(async () => {
      const desired = await api.get(path, (raw) => object(raw['status'])['desiredHealthy']);
      return desired === count ? undefined : `it counts ${JSON.stringify(desired)}`;
    });
  };
  await ask(minAvailable);
  try {
    await work();
  } finally {
    await ask(web.minAvailable);
  }
}

/** Does the work while an object is there. */
export async function withObject(
  api: KubernetesApi,
  [path, body]: readonly [path: string, body: JsonObject],
  work: () => Promise<void>,
): Promise<void> {
  // Its kind may have been made a moment ago.
  await waitUntil(() => api.create(path, body, () => undefined));
  try {
    await work();
  } finally {
    await api.remove(`${path}/${text(object(body['metadata'])['name'])}`);
  }
}

/** kured with its lock on a node, as it writes it (pkg/daemonsetlock); no pod of it runs here. */
export function kuredAt(nodeID: string): readonly [path: string, body: JsonObject] {
  const lock = { nodeID, metadata: { unschedulable: false }, created: new Date().toISOString(), TTL: 0 };
  const labels = { name: 'kured' };
  const pod = { nodeSelector: { none: 'such' }, containers: [{ name: 'kured', image: 'localhost/box:1' }] };
  return [
    '/apis/apps/v1/namespaces/kube-system/daemonsets',
    {
      metadata: { name: 'kured', annotations: { 'weave.works/kured-node-lock': JSON.stringify(lock) } },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    },
  ];
}
