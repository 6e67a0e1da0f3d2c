import { Agent, get } from 'node:https';
import { raw, type RecordingPlan, type Fixture } from './fixture.ts';

const deadlineMs = 30_000;

/**
 * A server that takes one request at a time, while others keep it busy, until it said 429: that answer, and how the
 * client came through.
 */
export const throttlingPlans: readonly RecordingPlan[] = [
  {
    name: 'too-many-requests',
    run: async (fixture) => {
      const stop = new AbortController();
      const busy = Array.from({ length: 8 }, () => keepBusy(fixture, stop.signal));
      try {
        await askUntilThrottled(fixture);
      } finally {
        stop.abort();
        await Promise.all(busy);
      }
    },
  },
];

async function askUntilThrottled(fixture: Fixture): Promise<void> {
  const api = fixture.client('reader');
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    fixture.startAgain();
    await api.get('/api/v1/nodes/worker-1', raw).catch(() => undefined);
    const statuses = fixture.statuses();
    if (statuses[0] === 429 && statuses.at(-1) === 200) return;
  }
  throw new Error('the server never said 429');
}

async function keepBusy({ plane }: Fixture, signal: AbortSignal): Promise<void> {
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
