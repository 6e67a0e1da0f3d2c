import { setTimeout as sleep } from 'node:timers/promises';
import { plantedSecrets } from '../../lab/node/planted-secrets.ts';

/** On the command line of what writes the log, so that a test can stop it. */
export const writerWord = 'orders-writer';

const namespace = 'shop';
const labels = { app: 'orders' };
const write = 'n=0; while :; do n=$((n + 1)); echo "level=info service=orders msg=accepted order=$n items=3 took_ms=87"; sleep 1; done';

/** What runs on the nodes of a practice cluster, for real: one pod on each that logs a line a second, with a secret in its environment. */
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

/** As on the first day: every pod of it is new, and so are its logs. */
export async function renewWorkload(kubectl: Kubectl): Promise<void> {
  await kubectl(['delete', 'pods', '--all', '--namespace', namespace, '--wait=true', '--timeout=120s']);
  await workloadRuns(kubectl);
}

const patienceMs = 120_000;

/** Waits until the pod of every node runs. @throws Error with what there is instead */
export async function workloadRuns(kubectl: Kubectl): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(200)) {
    const columns = 'jsonpath={.status.desiredNumberScheduled} {.status.numberReady} {.status.observedGeneration} {.metadata.generation}';
    const said = await kubectl(['get', 'daemonset', 'orders', '--namespace', namespace, '-o', columns]);
    const [desired, ready, observed, generation] = said.split(' ');
    const pods = (await kubectl(['get', 'pods', '--namespace', namespace, '-o', podStates])).trim().split('\n');
    const isWhole = pods.length === Number(desired) && pods.every((pod) => pod === 'true/');
    if (isWhole && desired === ready && observed === generation) return;
    if (Date.now() > deadline) throw new Error(`the pods of the workload do not run: ${said}; ${pods.join(', ')}`);
  }
}

/** One line a pod: `READY/TOLD-TO-GO`. */
const podStates = 'jsonpath={range .items[*]}{.status.containerStatuses[0].ready}/{.metadata.deletionTimestamp}{"\\n"}{end}';
