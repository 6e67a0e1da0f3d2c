import { plantedSecrets } from '../../lab/node/planted-secrets.ts';
import { waitUntil } from './wait-until.ts';

/** On the command line of what writes the log, so that a test can stop it. */
export const writerWord = 'orders-writer';

const namespace = 'shop';
const labels = { app: 'orders' };
const write =
  'n=0; while :; do n=$((n + 1)); echo "level=info service=orders msg=accepted order=$n items=3 took_ms=87"; sleep 1; done';

/**
 * What runs on the nodes of a practice cluster, for real: one pod on each that logs a line a second, with a secret in
 * its environment.
 */
export const workload: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'orders', namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ operator: 'Exists' }],
          // The shell is the first process of its container and ignores SIGTERM.
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'orders',
              image: 'docker.io/library/box:1',
              imagePullPolicy: 'Never',
              args: ['sh', '-c', write, writerWord],
              env: [{ name: 'DB_PASSWORD', value: plantedSecrets.containerEnvironment }],
            },
          ],
        },
      },
    },
  },
];

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** Waits until the pod of every node runs. */
export async function workloadRuns(kubectl: Kubectl): Promise<void> {
  const columns =
    'jsonpath={.status.desiredNumberScheduled} {.status.numberReady} {.status.observedGeneration} {.metadata.generation}';
  await waitUntil(async () => {
    const said = await kubectl(['get', 'daemonset', 'orders', '--namespace', namespace, '-o', columns]);
    const [desired, ready, observed, generation] = said.split(' ');
    return Number(desired) > 0 && desired === ready && observed === generation
      ? undefined
      : `pods wanted, ready, generation seen, generation: ${said}`;
  });
}
