import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { readClusterNodes, type ApiNodeState } from './cluster-nodes.ts';
import { departed, fallen, type DepartedNode, type WatchedNodes } from './health.ts';
import type { RunDependencies } from './run-request.ts';

/**
 * A control plane that is upgraded or restarted is away for seconds; the lease bears ten minutes (two thirds of its
 * duration).
 */
const patienceMs = 120_000;
const pauseMs = 2_000;

/**
 * A kubelet posts its status within seconds of its start; one that has to wait for dockerd and hundreds of containers
 * takes longer.
 */
const readyWithinMs = 180_000;

/**
 * Lets the last batch settle, then looks whether a node that was changed is no longer ready. One that was disturbed is
 * given time to become so again. A server that is away for a while is waited for; a node that was scaled in, or whose
 * name another machine has by now, is not.
 *
 * @returns nodes that left the cluster
 * @throws NodemendError NODES_FELL; API_… when the cluster cannot be asked: a rollout does not go on blind.
 */
export async function soak(
  dependencies: RunDependencies,
  before: readonly ApiNodeState[],
  watched: WatchedNodes,
): Promise<readonly DepartedNode[]> {
  const { api, timing = systemTiming, options, signal } = dependencies;
  await timing.sleep(options.soakSeconds * 1000, signal);
  if (!api) return [];
  const deadline = timing.monotonicMs() + readyWithinMs;
  for (;;) {
    const now = await readPatiently(dependencies, api);
    const gone = departed(before, now, watched);
    const left = new Set(gone.map(({ node }) => node));
    const down = fallen(before, now, watched).filter((node) => !left.has(node));
    if (down.length === 0) return gone;
    const lost = down.some((node) => !watched.disturbed.has(node));
    if (lost || timing.monotonicMs() >= deadline) throw new NodemendError('NODES_FELL', { nodes: down.join(', ') });
    await timing.sleep(pauseMs, signal);
  }
}

async function readPatiently(
  { timing = systemTiming, signal, onEvent }: RunDependencies,
  api: KubernetesApi,
): Promise<readonly ApiNodeState[]> {
  const deadline = timing.monotonicMs() + patienceMs;
  for (let tries = 0; ; tries++) {
    try {
      return await readClusterNodes(api, signal);
    } catch (error) {
      if (!isNodemendError(error) || !error.retryable || timing.monotonicMs() >= deadline) throw error;
      if (tries === 0)
        onEvent({ event: 'api-away', seconds: patienceMs / 1000, code: error.code, params: error.params });
      await timing.sleep(pauseMs, signal);
    }
  }
}
