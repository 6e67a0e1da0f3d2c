import { NodemendError } from '../../errors/nodemend-error.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { readClusterNodes, type ApiNodeState } from './cluster-nodes.ts';
import { fallen } from './health.ts';
import type { RunWorld } from './run-request.ts';

/**
 * Lets the last batch settle, then looks whether a node that was changed is no longer ready.
 * @throws NodemendError NODES_FELL; API_… when the cluster cannot be asked: a rollout does not go on blind.
 */
export async function soak(world: RunWorld, before: readonly ApiNodeState[], changed: ReadonlySet<string>): Promise<void> {
  const { api, timing = systemTiming, options, signal } = world;
  await timing.sleep(options.soakSeconds * 1000, signal);
  if (!api) return;
  const down = fallen(before, await readClusterNodes(api, signal), changed);
  if (down.length > 0) throw new NodemendError('NODES_FELL', { nodes: down.join(', ') });
}
