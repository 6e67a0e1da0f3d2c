import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { createClient } from '../../src/kubernetes/client.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { accessTo } from '../../src/kubernetes/testing/access-to.ts';
import { fixedTiming } from '../../src/kubernetes/testing/fixed-timing.ts';
import { recordedFolder, type RecordedExchange } from '../../src/kubernetes/testing/recording.ts';
import { findBinaries } from './binaries.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { startRecordingRelay, type RecordingRelay } from './recording-relay.ts';
import { evictionPlans } from './recordings/evictions.ts';
import { prepareCluster } from './recordings/prepare.ts';
import { expiryPlans, readingPlans } from './recordings/reading.ts';
import { refusalPlans } from './recordings/refusals.ts';
import { throttlingPlans } from './recordings/throttling.ts';
import type { RecordingPlan, Fixture } from './recordings/fixture.ts';
import { writingPlans } from './recordings/writing.ts';

/**
 * Records what the API client and a real kube-apiserver say to each other into `src/kubernetes/fixtures/recorded/`.
 * Run it after a change of what the client asks: `node testbed/control-plane/record.ts`; a minute, plus the first
 * build.
 */
const report = (line: string) => process.stderr.write(`${line}\n`);

interface Stage {
  readonly flags: readonly string[];
  readonly plans: readonly RecordingPlan[];
}

const stages: readonly Stage[] = [
  { flags: [], plans: [...readingPlans, ...refusalPlans, ...writingPlans, ...evictionPlans] },
  { flags: ['--watch-cache=false'], plans: expiryPlans },
  { flags: ['--enable-priority-and-fairness=false', '--max-requests-inflight=1'], plans: throttlingPlans },
];

async function main(): Promise<void> {
  const binaries = await findBinaries(process.env, report);
  await mkdir(recordedFolder, { recursive: true });
  for (const { flags, plans } of stages) {
    const plane = await startControlPlane({ binaries, users: ['reader'], apiserverFlags: flags });
    try {
      await withRelay(plane, (fixture, relay, source) =>
        recordAll(plans, fixture, relay, [source, ...flags].join(' ')),
      );
    } finally {
      await plane.stop();
    }
  }
}

async function recordAll(
  plans: readonly RecordingPlan[],
  fixture: Fixture,
  relay: RecordingRelay,
  source: string,
): Promise<void> {
  for (const { name, run } of plans) {
    relay.beforeRequest = () => Promise.resolve();
    relay.take();
    await run(fixture);
    await writeRecording(name, source, relay.take());
  }
}

type WithFixture = (fixture: Fixture, relay: RecordingRelay, source: string) => Promise<void>;

async function withRelay(plane: ControlPlane, use: WithFixture): Promise<void> {
  const relay = await startRecordingRelay(plane);
  const admin = await openKubernetes({ kubeconfig: plane.kubeconfig('admin'), environment: {} });
  const clients: KubernetesApi[] = [];
  const client = (user: string) => {
    const token = plane.tokens.get(user) ?? 'unknown-to-the-server';
    const opened = createClient(accessTo(relay.url, { ca: plane.authority.certificate, user, token }), {
      timing: fixedTiming,
    });
    clients.push(opened);
    return opened;
  };
  const fixture: Fixture = {
    plane,
    admin,
    client,
    startAgain: () => void relay.take(),
    statuses: relay.statuses,
    beforeRequest: (hook) => (relay.beforeRequest = hook),
  };
  try {
    await prepareCluster(fixture);
    const version = await admin.get('/version', ({ gitVersion }) => gitVersion as string);
    await use(
      fixture,
      relay,
      `kube-apiserver ${version}, etcd ${await etcdVersion(plane)}; by testbed/control-plane/record.ts`,
    );
  } finally {
    await Promise.all([admin, ...clients].map((api) => api.close()));
    await relay.close();
  }
}

async function etcdVersion({ etcdServer }: ControlPlane): Promise<string> {
  const { etcdserver } = (await (await fetch(`${etcdServer}/version`)).json()) as { readonly etcdserver: string };
  return etcdserver;
}

async function writeRecording(name: string, source: string, exchanges: readonly RecordedExchange[]): Promise<void> {
  if (exchanges.length === 0) throw new Error(`${name}: nothing was recorded`);
  await writeFile(join(recordedFolder, `${name}.json`), `${JSON.stringify({ source, exchanges }, undefined, 1)}\n`);
  report(`${name}: ${exchanges.map(({ response }) => response.status).join(' ')}`);
}

await main();
