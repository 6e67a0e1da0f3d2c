import { isNodemendError, NodemendError } from '../../../errors/nodemend-error.ts';
import { readClusterNodes } from '../cluster-nodes.ts';
import type { NodeInHand } from './mark-node.ts';
import type { NodeMarks } from './node-marks.ts';
import { missingOwnPods } from './own-pods.ts';

/** For the kubelet to be ready, and the node's own pods: their images are there, and dockerd may be slow to start. */
const backWithinMs = 10 * 60_000;
const pauseMs = 1_000;

export interface NodeBack extends NodeInHand {
  /** Of the boot that the node itself says it is in; undefined where it was not asked. */
  readonly bootId: string | undefined;
  readonly marks: NodeMarks;
}

/**
 * Waits until the cluster has the node as the node has itself: ready, in the boot that it is in, and its own pods ready
 * as before. An API server that is away meanwhile is asked again.
 *
 * @throws NodemendError NODE_RETURN_TIMED_OUT, API_…
 */
export async function awaitNode(back: NodeBack): Promise<void> {
  const { timing, name, run } = back;
  const { signal } = new AbortController();
  const deadline = timing.monotonicMs() + backWithinMs;
  for (;;) {
    const what = await obstacle(back, signal).catch((error: unknown) => {
      if (!isNodemendError(error) || !error.retryable) throw error;
      return error.message;
    });
    if (what === undefined) return;
    if (timing.monotonicMs() >= deadline)
      throw new NodemendError('NODE_RETURN_TIMED_OUT', { node: name, run, seconds: backWithinMs / 1000, what });
    await timing.sleep(pauseMs, signal);
  }
}

async function obstacle(back: NodeBack, signal: AbortSignal): Promise<string | undefined> {
  const { api, name, bootId, marks } = back;
  const node = (await readClusterNodes(api, signal)).find((one) => one.name === name);
  // One that is gone does not come back: its marks went with it.
  if (!node) return undefined;
  if (!node.ready) return 'it is not ready';
  // What was said before the node went down is still shown after it.
  if (bootId !== undefined && node.bootId !== '' && node.bootId !== bootId) return 'its kubelet has not reported yet';
  const wasRebooted = bootId !== undefined && marks.before.bootId !== undefined && bootId !== marks.before.bootId;
  const missing = await missingOwnPods({ api, name, signal }, marks.own ?? [], wasRebooted);
  return missing.length === 0 ? undefined : `its own pods are not ready: ${missing.join(', ')}`;
}
