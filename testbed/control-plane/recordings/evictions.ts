import type { JsonObject } from '../../../src/kubernetes/api.ts';
import { createNamespace, raw, type RecordingPlan, type Fixture } from './fixture.ts';

const namespace = 'drained';
const pods = `/api/v1/namespaces/${namespace}/pods`;
const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;

/**
 * A pod as kubelet would report it: running and ready on a node. There is no kubelet here, so its status is set by
 * hand.
 */
async function runningPod({ admin }: Fixture, name: string, labels: JsonObject): Promise<void> {
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
async function budget({ admin }: Fixture, name: string, app: string, observed = 1): Promise<void> {
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
    run: async (fixture) => {
      await createNamespace(fixture, namespace);
      await runningPod(fixture, 'guarded', { app: 'guarded' });
      await budget(fixture, 'guard', 'guarded');
      await runningPod(fixture, 'doubled', { app: 'doubled' });
      await budget(fixture, 'first', 'doubled');
      await budget(fixture, 'second', 'doubled');
      await runningPod(fixture, 'stale', { app: 'stale' });
      await budget(fixture, 'stale', 'stale', 0);
      await runningPod(fixture, 'free', { app: 'free' });
      const api = fixture.client('admin');
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
