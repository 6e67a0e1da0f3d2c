import type { JsonObject } from '../../../src/kubernetes/api.ts';
import { createNamespace, raw, type RecordingPlan, type World } from './world.ts';

const namespace = 'drained';
const pods = `/api/v1/namespaces/${namespace}/pods`;
const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;

/**
 * A pod as kubelet would report it: running and ready on a node. There is no kubelet here, so its status is set by
 * hand.
 */
async function runningPod({ admin }: World, name: string, labels: JsonObject): Promise<void> {
  const spec = {
    nodeName: 'worker-1',
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'example.test/app:1' }],
  };
  await admin.create(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec }, raw);
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await admin.patch(`${pods}/${name}/status`, { status }, { type: 'merge', project: raw });
}

/** A budget with the status that its controller would write; `observed: 0` is one the controller has not seen yet. */
async function budget({ admin }: World, name: string, app: string, observed = 1): Promise<void> {
  await admin.create(
    budgets,
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: { minAvailable: 1, selector: { matchLabels: { app } } },
    },
    raw,
  );
  const status = {
    disruptionsAllowed: 0,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 1,
    observedGeneration: observed,
  };
  await admin.patch(`${budgets}/${name}/status`, { status }, { type: 'merge', project: raw });
}

export const evictionPlans: readonly RecordingPlan[] = [
  {
    name: 'evictions',
    run: async (world) => {
      await createNamespace(world, namespace);
      await runningPod(world, 'guarded', { app: 'guarded' });
      await budget(world, 'guard', 'guarded');
      await runningPod(world, 'doubled', { app: 'doubled' });
      await budget(world, 'first', 'doubled');
      await budget(world, 'second', 'doubled');
      await runningPod(world, 'stale', { app: 'stale' });
      await budget(world, 'stale', 'stale', 0);
      await runningPod(world, 'free', { app: 'free' });
      const api = world.client('admin');
      await api.evict(namespace, 'guarded', {});
      await api.evict(namespace, 'doubled', {});
      await api.evict(namespace, 'stale', {});
      await api.evict(namespace, 'free', { dryRun: true });
      await api.evict(namespace, 'free', { uid: '00000000-0000-0000-0000-000000000000' });
      await api.evict(namespace, 'free', { gracePeriodSeconds: 0 });
      await api.evict(namespace, 'free', {});
    },
  },
];
