import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import type { TestbedPlan } from '../testbed-plan.ts';

/** It is seconds; machines of a CI may be many times slower. */
const patienceMs = 240_000;

/**
 * Waits until every node says by itself that it is Ready. @throws Error naming those that did not, and what they said
 */
export async function waitUntilNodesReady(api: KubernetesApi, plan: TestbedPlan): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const waiting = await notReady(api, plan);
    if (waiting.length === 0) return;
    if (performance.now() > deadline) throw new Error(`not Ready after ${patienceMs / 1000} s: ${waiting.join('; ')}`);
    await sleep(100);
  }
}

interface NodeReport {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

async function notReady(api: KubernetesApi, plan: TestbedPlan): Promise<readonly string[]> {
  const nodes = await api.list('/api/v1/nodes', { project: (raw) => raw as unknown as NodeReport });
  return plan.nodes.flatMap(({ name }) => {
    const conditions = nodes.find(({ metadata }) => metadata.name === name)?.status.conditions;
    const ready = conditions?.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') return [];
    return [`${name}: ${ready?.message ?? 'its kubelet has not registered it'}`];
  });
}
