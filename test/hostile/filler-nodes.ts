import { randomBytes } from 'node:crypto';
import { inParallel } from '../../lab/daemon/in-parallel.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';

/** More than a page of a list (500). */
const fillerCount = 600;

/**
 * Node objects without a machine, so that a list of nodes has several pages of some hundred kilobytes, compressed too.
 * They call themselves Ready: the node controller leaves them alone until it has missed their heartbeats for its grace
 * period.
 */
export async function addFillerNodes(admin: KubernetesApi): Promise<void> {
  const now = new Date().toISOString();
  const numbers = Array.from({ length: fillerCount }, (_, index) => index);
  await inParallel(numbers, 32, async (number) => {
    const body: JsonObject = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `filler-${String(number).padStart(3, '0')}`,
        labels: { filler: 'yes' },
        annotations: { noise: randomBytes(300).toString('base64') },
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'Filler',
            message: '',
            lastHeartbeatTime: now,
            lastTransitionTime: now,
          },
        ],
      },
    };
    await admin.create('/api/v1/nodes', body, () => undefined);
  });
}
