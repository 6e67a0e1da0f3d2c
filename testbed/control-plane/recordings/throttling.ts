import { Agent, get } from 'node:https';
import { raw, type RecordingPlan, type World } from './world.ts';

const deadlineMs = 30_000;

/**
 * A server that takes one request at a time, while others keep it busy, until it said 429: that answer, and how the
 * client came through.
 */
export const throttlingPlans: readonly RecordingPlan[] = [
  {
    name: 'too-many-requests',
    run: async (world) => {
      const stop = new AbortController();
      const busy = Array.from({ length: 8 }, () => keepBusy(world, stop.signal));
      try {
        await askUntilThrottled(world);
      } finally {
        stop.abort();
        await Promise.all(busy);
      }
    },
  },
];

async function askUntilThrottled(world: World): Promise<void> {
  const api = world.client('reader');
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    world.startAgain();
    await api.get('/api/v1/nodes/worker-1', raw).catch(() => undefined);
    const statuses = world.statuses();
    if (statuses[0] === 429 && statuses.at(-1) === 200) return;
  }
  throw new Error('the server never said 429');
}

async function keepBusy({ plane }: World, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, ca: plane.authority.certificate });
  const headers = { authorization: `Bearer ${plane.tokens.get('reader')}` };
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      get(`${plane.server}/api/v1/nodes`, { agent, headers }, (answer) => answer.resume().on('close', resolve)).on(
        'error',
        () => resolve(),
      );
    });
  }
  agent.destroy();
}
