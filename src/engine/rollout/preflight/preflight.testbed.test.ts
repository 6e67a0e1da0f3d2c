import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { openKubernetes } from '../../../kubernetes/open-kubernetes.ts';
import { startControlPlane, type ControlPlane } from '../../../../testbed/control-plane/control-plane.ts';
import { startDaemon, type Daemon } from '../../../../testbed/control-plane/daemon.ts';
import { findPrograms } from '../../../../testbed/programs.ts';
import { podName, readClusterPod } from './cluster-pod.ts';
import { readCluster } from './cluster-reading.ts';
import { defaultDrainOptions, type DrainOptions } from './drain-options.ts';
import { fitOf, StaticFit } from './fit.ts';
import { Occupancy } from './occupancy.ts';
import { DrainPreflight } from './preflight.ts';
import { someBudget, someNode, somePod } from './testing/some-cluster.ts';

/**
 * What the preflight says, against those who decide: `kubectl drain` which pods go, the API server what becomes of an
 * eviction, the scheduler where a pod can go. All three are the real programs; nodes and pods are only objects.
 */
let plane: ControlPlane;
let scheduler: Daemon;
let kubectl: string;
let api: KubernetesApi;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-preflight-'));
const signal = new AbortController().signal;
const nothing = (): undefined => undefined;

beforeAll(async () => {
  const programs = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: nothing,
  });
  kubectl = programs.kubectl;
  const { etcd, apiserver } = programs;
  plane = await startControlPlane({
    binaries: { etcd, apiserver },
    // No controller makes service accounts or takes taints off here.
    apiserverFlags: ['--disable-admission-plugins=ServiceAccount,TaintNodesByCondition'],
  });
  scheduler = startDaemon({
    name: 'kube-scheduler',
    program: programs.scheduler,
    args: [`--kubeconfig=${plane.kubeconfig('admin')}`, '--leader-elect=false', '--secure-port=0'],
    logFile: join(folder, 'scheduler.log'),
  });
  api = await openKubernetes({ kubeconfig: plane.kubeconfig('admin'), environment: {} });
});
afterAll(async () => {
  await api?.close();
  await scheduler?.stop();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** As it is, status included. */
async function create(path: string, object: JsonObject): Promise<void> {
  const { status, ...rest } = object;
  const metadata = object['metadata'] as JsonObject & { readonly name: string };
  await api.create(path, rest, nothing);
  if (status === undefined) return;
  await api.patch(`${path}/${metadata.name}/status`, { status }, { type: 'merge', project: nothing });
}

const pods = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
const namespace = (name: string): Promise<void> => create('/api/v1/namespaces', { metadata: { name } });

describe('which pods go, as kubectl drain says it', () => {
  const controllers = ['', 'ReplicaSet/web', 'DaemonSet/agent', 'DaemonSet/gone'];
  const cases = controllers.flatMap((controller) =>
    [false, true].flatMap((emptyDir) =>
      ['Running', 'Succeeded', 'Pending'].flatMap((phase) =>
        [false, true].map((mirror) => ({ controller, emptyDir, phase, mirror })),
      ),
    ),
  );

  beforeAll(async () => {
    await namespace('filters');
    await create('/api/v1/nodes', someNode({ name: 'filtered' }));
    await api.create(
      '/apis/apps/v1/namespaces/filters/daemonsets',
      {
        metadata: { name: 'agent' },
        spec: {
          selector: { matchLabels: { app: 'agent' } },
          template: {
            metadata: { labels: { app: 'agent' } },
            spec: { containers: [{ name: 'main', image: 'localhost/main' }] },
          },
        },
      },
      nothing,
    );
    await Promise.all(
      cases.map(async ({ controller, emptyDir, phase, mirror }, index) => {
        const pod = somePod({
          namespace: 'filters',
          name: `pod-${index}`,
          node: 'filtered',
          controller,
          phase,
          labels: { case: `pod-${index}` },
          metadata: mirror ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {},
          spec: emptyDir ? { volumes: [{ name: 'cache', emptyDir: {} }] } : {},
        });
        await create(pods('filters'), pod);
      }),
    );
  });

  const flags = [false, true].flatMap((ignoreDaemonSets) =>
    [false, true].flatMap((deleteEmptyDirData) =>
      [false, true].map((force) => ({ ...defaultDrainOptions, ignoreDaemonSets, deleteEmptyDirData, force })),
    ),
  );

  test.each(flags)('$ignoreDaemonSets $deleteEmptyDirData $force', async (options) => {
    const refused = namesIn(await drainedBy(options, ''), /cannot delete [^\n]*/gu);
    const rest = await drainedBy(options, `case notin (none${[...refused].map((name) => `,${name}`).join('')})`);
    const evicted = namesIn(rest, /^evicting pod [^\n]*/gmu);
    const said = new Map(
      cases.map((_one, index) => {
        const name = `pod-${index}`;
        return [name, refused.has(name) ? 'refuse' : evicted.has(name) ? 'evict' : 'leave'];
      }),
    );
    const seen = new DrainPreflight(await readCluster(api, signal), options).of(['filtered']);
    expect(new Map(seen.pods.map(({ pod, decision }) => [pod.name, decision.does]))).toEqual(
      new Map([...said].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    );
    // All three answers are among them, so that the comparison says something.
    expect(new Set(said.values()).size).toBeGreaterThan(options.force && options.ignoreDaemonSets ? 1 : 2);
  });

  async function drainedBy(options: DrainOptions, selector: string): Promise<string> {
    const args = [
      '--kubeconfig',
      plane.kubeconfig('admin'),
      'drain',
      'filtered',
      '--dry-run=client',
      `--ignore-daemonsets=${options.ignoreDaemonSets}`,
      `--delete-emptydir-data=${options.deleteEmptyDirData}`,
      `--force=${options.force}`,
      ...(selector === '' ? [] : [`--pod-selector=${selector}`]),
    ];
    const ended = await promisify(execFile)(kubectl, args).catch((error: unknown) => error as Output);
    return `${ended.stdout}${ended.stderr}`;
  }
});

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

function namesIn(output: string, lines: RegExp): ReadonlySet<string> {
  return new Set((output.match(lines) ?? []).flatMap((line) => line.match(/pod-\d+/gu) ?? []));
}

test('what becomes of an eviction, as the API server says it', async () => {
  await namespace('budgets');
  await create('/api/v1/nodes', someNode({ name: 'guarded' }));
  const counts = fc.constantFrom(0, 1, 2, 3);
  const example = fc.record({
    phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Failed'),
    ready: fc.boolean(),
    labelled: fc.constantFrom(true, true, true, false),
    budgets: fc.array(
      fc.record({
        selector: fc.constantFrom('own', 'own', 'all', 'expression', 'other'),
        status: fc.record({
          observedGeneration: fc.constantFrom(0, 1, 1, 1),
          disruptionsAllowed: fc.constantFrom(0, 0, 1, 2),
          currentHealthy: counts,
          desiredHealthy: counts,
          expectedPods: counts,
        }),
        spec: fc.constantFrom(
          {},
          { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
          { unhealthyPodEvictionPolicy: 'IfHealthyBudget' },
        ),
      }),
      { minLength: 0, maxLength: 2 },
    ),
  });
  const said: Record<string, Set<string>> = {};
  for (const [index, { phase, ready, labelled, budgets }] of fc.sample(example, { numRuns: 120, seed: 14 }).entries()) {
    const name = `pod-${index}`;
    // A namespace of its own, because a budget that selects all would reach into the others'.
    await namespace(name);
    const labels = labelled ? { app: name } : {};
    await create(pods(name), somePod({ namespace: name, name, node: 'guarded', labels, phase, ready }));
    for (const [number, { selector, status, spec }] of budgets.entries()) {
      const selectors = {
        own: { matchLabels: { app: name } },
        all: {},
        expression: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['else'] }] },
        other: { matchLabels: { app: 'else' } },
      };
      const budget = someBudget({ name: `budget-${number}`, selector: selectors[selector], spec, status });
      const metadata = { namespace: name, name: `budget-${number}` };
      await create(`/apis/policy/v1/namespaces/${name}/poddisruptionbudgets`, { ...budget, metadata });
    }
    const { outcome } = await api.evict(name, name, { dryRun: true });
    const seen = new DrainPreflight(await readCluster(api, signal), { ...defaultDrainOptions, force: true }).of([
      'guarded',
    ]);
    const answer = seen.pods.find(({ pod }) => podName(pod) === `${name}/${name}`)?.answer?.answer ?? 'none';
    const meant: Readonly<Record<string, string>> = {
      free: 'evicted',
      counted: 'evicted',
      refused: 'budget',
      unknown: 'budget',
      impossible: 'misconfigured',
    };
    expect([index, answer, outcome]).toEqual([index, answer, meant[answer]]);
    (said[outcome] ??= new Set()).add(answer);
  }
  expect(said).toEqual({
    evicted: new Set(['free', 'counted']),
    budget: new Set(['refused', 'unknown']),
    misconfigured: new Set(['impossible']),
  });
});

test('where a pod can go, as the scheduler says it', async () => {
  await namespace('placed');
  await namespace('beside');
  const zone = 'topology.kubernetes.io/zone';
  const taint = { key: 'pool', value: 'gpu', effect: 'NoSchedule' };
  const cluster = [
    someNode({ name: 'n1', cpu: '9', labels: { [zone]: 'z1', disk: 'fast' } }),
    someNode({ name: 'n2', cpu: '6', labels: { [zone]: 'z1' }, spec: { taints: [taint] } }),
    someNode({ name: 'n3', cpu: '6', labels: { [zone]: 'z2', disk: 'slow' } }),
    someNode({ name: 'n4', cpu: '4', labels: { [zone]: 'z2', disk: 'fast' }, spec: { unschedulable: true } }),
    someNode({ name: 'n5', cpu: '3', labels: { disk: 'fast', cores: '8' } }),
  ];
  for (const node of cluster) await create('/api/v1/nodes', node);
  // Those of the other tests are none of this one's.
  for (const name of ['filtered', 'guarded']) await api.remove(`/api/v1/nodes/${name}`);
  await createVolumes();
  const said: Record<string, number> = {};
  for (const [index, spec] of fc.sample(somePodSpec(zone), { numRuns: 150, seed: 144 }).entries()) {
    const { app, namespace: place, cpu, ...asked } = spec;
    const pod = somePod({ namespace: place, name: `pod-${index}`, cpu, labels: { app }, spec: asked });
    const { placement, feasible } = await predicted(pod);
    const { status: _status, ...made } = pod;
    await api.create(pods(place), made, nothing);
    const verdict = await scheduled(`${pods(place)}/pod-${index}`);
    const shown = JSON.stringify([index, spec, placement, verdict]);
    if (placement === 'yes') expect(verdict.node, shown).not.toBe('');
    if (placement === 'no') expect(verdict.node, shown).toBe('');
    if (placement !== 'unknown' && verdict.node !== '') expect(feasible, shown).toContain(verdict.node);
    const both = `${placement} ${verdict.node === '' ? 'stays' : 'goes'}`;
    said[both] = (said[both] ?? 0) + 1;
    // One of three stays and is what later ones meet; a pod of no kubelet ends at once with a grace of none.
    if (verdict.node === '' || index % 3 !== 0) await api.evict(place, `pod-${index}`, { gracePeriodSeconds: 0 });
  }
  expect(said['yes goes']).toBeGreaterThan(30);
  expect(said['no stays']).toBeGreaterThan(30);
  // Unknown is for what is not looked at, and no way out.
  expect(said['unknown goes'] ?? 0).toBeLessThan(10);
});

async function createVolumes(): Promise<void> {
  const volume = (name: string, claim: string, more: JsonObject, labels: JsonObject = {}): JsonObject => ({
    metadata: { name, labels },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: 'placed', name: claim },
      csi: { driver: 'none.test', volumeHandle: name },
      ...more,
    },
  });
  const inZone = { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['z2'] }] };
  const affinity = { nodeAffinity: { required: { nodeSelectorTerms: [inZone] } } };
  const claim = (name: string, volumeName: string): JsonObject => ({
    metadata: { name, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: {
      volumeName,
      storageClassName: '',
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '1Gi' } },
    },
    status: { phase: 'Bound', accessModes: ['ReadWriteMany'], capacity: { storage: '1Gi' } },
  });
  for (const [name, more, labels] of [
    ['zoned', affinity, {}],
    ['labelled', {}, { 'topology.kubernetes.io/zone': 'z1__z3' }],
  ] as const) {
    await create('/api/v1/persistentvolumes', {
      ...volume(`pv-${name}`, name, more, labels),
      status: { phase: 'Bound' },
    });
    await create('/api/v1/namespaces/placed/persistentvolumeclaims', claim(name, `pv-${name}`));
  }
}

/** Pods that ask for some of what a scheduler looks at. */
function somePodSpec(zone: string) {
  const app = fc.constantFrom('web', 'db', 'cache');
  const topologyKey = fc.constantFrom(zone, 'kubernetes.io/hostname');
  const selector = app.map((name) => ({ matchLabels: { app: name } }));
  const terms = fc
    .record({ labelSelector: selector, topologyKey })
    .map((term) => ({ requiredDuringSchedulingIgnoredDuringExecution: [term] }));
  const disk = fc
    .record({ operator: fc.constantFrom('In', 'NotIn'), value: fc.constantFrom('fast', 'slow') })
    .map(({ operator, value }) => ({ key: 'disk', operator, values: [value] }));
  const cores = fc.constantFrom('4', '12').map((value) => ({ key: 'cores', operator: 'Gt', values: [value] }));
  const nodeAffinity = fc
    .oneof(disk, disk, cores, fc.constant({ key: 'disk', operator: 'Exists' }))
    .map((expression) => ({
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
    }));
  const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  const container = fc
    .record({ port: rarely(fc.constantFrom(8080, 9090)), ip: fc.constantFrom('', '10.0.0.1') })
    .map(({ port, ip }) => ({
      name: 'main',
      image: 'localhost/main',
      ...(port === undefined
        ? {}
        : { ports: [{ containerPort: 80, hostPort: port, ...(ip === '' ? {} : { hostIP: ip }) }] }),
    }));
  const cpu = fc.constantFrom('100m', '300m', '800m', '1500m');
  return fc
    .record({
      app,
      namespace: fc.constantFrom('placed', 'placed', 'beside'),
      cpu,
      container,
      init: rarely(fc.constantFrom('1', '2500m')),
      nodeSelector: rarely(fc.constantFrom({ disk: 'fast' }, { disk: 'none' })),
      nodeAffinity: rarely(nodeAffinity),
      podAffinity: rarely(terms),
      podAntiAffinity: rarely(terms),
      tolerations: rarely(
        fc.constantFrom(
          [{ key: 'pool', operator: 'Equal', value: 'gpu' }],
          [{ operator: 'Exists' }],
          [{ key: 'pool', value: 'cpu' }],
        ),
      ),
      spread: rarely(
        fc.record({
          labelSelector: selector,
          topologyKey,
          maxSkew: fc.constantFrom(1, 2),
          whenUnsatisfiable: fc.constant('DoNotSchedule'),
        }),
      ),
      claim: rarely(fc.constantFrom('zoned', 'labelled', 'missing')),
    })
    .map(({ container: main, cpu: amount, init, nodeSelector, tolerations, spread, claim, ...rest }) => {
      const { nodeAffinity: onNodes, podAffinity, podAntiAffinity } = rest;
      return JSON.parse(
        JSON.stringify({
          app: rest.app,
          namespace: rest.namespace,
          cpu: amount,
          containers: [{ ...main, resources: { requests: { cpu: amount } } }],
          initContainers: init && [{ name: 'init', image: 'localhost/i', resources: { requests: { cpu: init } } }],
          nodeSelector,
          tolerations,
          affinity: { nodeAffinity: onNodes, podAffinity, podAntiAffinity },
          topologySpreadConstraints: spread && [spread],
          volumes: claim && [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
        }),
      ) as { readonly app: string; readonly namespace: string; readonly cpu: string } & JsonObject;
    });
}

/** The preflight of a node that has nothing but this pod, and is drained. */
async function predicted(
  pod: JsonObject,
): Promise<{ readonly placement: string; readonly feasible: readonly string[] }> {
  const reading = await readCluster(api, signal);
  const moved = { ...readClusterPod(pod), node: 'emptied', uid: 'moved' };
  const nodes = reading.nodes.filter(({ name }) => name !== 'emptied');
  const seen = new DrainPreflight({ ...reading, nodes, pods: [...reading.pods, moved] }, defaultDrainOptions).of([
    'emptied',
  ]);
  const placement = seen.pods.find((one) => one.pod.uid === 'moved')?.placement;
  const occupancy = Occupancy.of(nodes, reading.pods);
  // Without its volumes: these are more than it may have, and no fewer.
  const fit = fitOf(moved, [], { occupancy, fixed: new StaticFit(nodes), drained: new Set() });
  const feasible = nodes.filter((node, index) => fit(node, index) === undefined);
  return { placement: placement?.fits ?? 'none', feasible: feasible.map(({ name }) => name) };
}

/** What the scheduler decided; a node, or none. */
async function scheduled(path: string): Promise<Decided> {
  let decided: Decided | undefined;
  await expect
    .poll(async () => (decided = await api.get(path, decisionOf)), { timeout: 20_000, interval: 20 })
    .toBeDefined();
  return decided!;
}

interface Decided {
  readonly node: string;
  readonly message: string;
}

function decisionOf(raw: JsonObject): Decided | undefined {
  const { nodeName } = raw['spec'] as { readonly nodeName?: string };
  if (nodeName !== undefined) return { node: nodeName, message: '' };
  const { conditions = [] } = raw['status'] as { readonly conditions?: readonly Readonly<Record<string, string>>[] };
  const said = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return said && { node: '', message: said['message'] ?? '' };
}
