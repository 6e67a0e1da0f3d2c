import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/api.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { defaultDrainOptions, type DrainOptions } from './drain-options.ts';
import type { Placement } from './placement.ts';
import { DrainPreflight, type Preflight } from './preflight.ts';
import { readingOf, someBudget, someNode, somePod, type SomeCluster, type SomePod } from './testing/some-cluster.ts';

const three = [someNode({ name: 'a' }), someNode({ name: 'b' }), someNode({ name: 'c' })];

function drain(cluster: SomeCluster, options: Partial<DrainOptions> = {}, nodes = ['a']): Preflight {
  return new DrainPreflight(readingOf(cluster), { ...defaultDrainOptions, ...options }).of(nodes);
}

/** Where the one pod of node a goes. */
function placementOf(pod: Omit<SomePod, 'name'>, cluster: Partial<SomeCluster> = {}): Placement | undefined {
  const { nodes = three, pods = [], ...rest } = cluster;
  const seen = drain({ nodes, pods: [somePod({ name: 'moved', node: 'a', ...pod }), ...pods], ...rest });
  return seen.pods.find((one) => one.pod.name === 'moved')?.placement;
}

const obstacles = (placement: Placement | undefined): unknown =>
  placement?.fits === 'no' ? Object.fromEntries(placement.obstacles) : placement;

describe('which pods go', () => {
  test('one that is ready to go, with a place to go to', () => {
    const seen = drain({
      nodes: three,
      pods: [somePod({ name: 'web-1', node: 'a' }), somePod({ name: 'x', node: 'b' })],
    });
    expect(seen).toMatchObject({ nodes: ['a'], verdict: 'ready', blockers: [], doubts: [], slow: [] });
    expect(seen.pods).toMatchObject([
      { pod: { name: 'web-1' }, decision: { does: 'evict', policy: 'managed' }, answer: { answer: 'free' } },
    ]);
  });

  test('what would be lost stops it until its flag is named', () => {
    const pods = [
      somePod({ name: 'bare', node: 'a', controller: '' }),
      somePod({ name: 'cache', node: 'a', spec: { volumes: [{ name: 'c', emptyDir: {} }] } }),
      somePod({ name: 'lost', node: 'a', controller: 'DaemonSet/gone' }),
    ];
    const seen = drain({ nodes: three, pods });
    expect(seen.blockers.map(({ pod, decision }) => [pod.name, decision])).toEqual([
      ['bare', { does: 'refuse', policy: 'unmanaged', flag: 'force' }],
      ['cache', { does: 'refuse', policy: 'emptydir', flag: 'delete-emptydir-data' }],
      ['lost', { does: 'refuse', policy: 'orphan', flag: 'force' }],
    ]);
    expect(drain({ nodes: three, pods }, { force: true, deleteEmptyDirData: true }).verdict).toBe('ready');
  });

  test('the pod by which nodemend reaches the node stays, and no other pod of that name, kind or label', () => {
    const cache = { volumes: [{ name: 'state', emptyDir: {} }] };
    const pods = [
      somePod({ name: 'own', namespace: 'nodemend-pod', node: 'a', controller: 'Job/nodemend-1', spec: cache }),
      somePod({
        name: 'named',
        namespace: 'nodemend-pod',
        node: 'a',
        controller: 'ReplicaSet/nodemend-1',
        spec: cache,
      }),
      somePod({ name: 'elsewhere', namespace: 'shop', node: 'a', controller: 'Job/nodemend-1', spec: cache }),
      somePod({ name: 'of-another', namespace: 'nodemend-pod', node: 'a', controller: 'Job/nodemend-2', spec: cache }),
    ];
    const isOwnJob = (namespace: string, name: string): boolean =>
      namespace === 'nodemend-pod' && name === 'nodemend-1';
    const policy = { ...defaultDrainOptions, isOwnJob };
    const seen = new DrainPreflight(readingOf({ nodes: three, pods }), policy).of(['a']);
    expect(seen.pods.filter(({ decision }) => decision.does === 'leave')).toMatchObject([
      { pod: { name: 'own' }, decision: { policy: 'own' } },
    ]);
    expect(seen.blockers.map(({ pod }) => pod.name)).toEqual(['named', 'elsewhere', 'of-another']);
  });

  test('whether a DaemonSet is still there is unknown where they cannot be read', () => {
    const reading: ClusterReading = {
      ...readingOf({ nodes: three, pods: [somePod({ name: 'agent', node: 'a', controller: 'DaemonSet/agent' })] }),
      daemonSets: { known: false, reason: 'API_FORBIDDEN' },
    };
    expect(new DrainPreflight(reading, defaultDrainOptions).of(['a'])).toMatchObject({
      verdict: 'unknown',
      doubts: [{ decision: { does: 'unknown', policy: 'daemonset' } }],
    });
  });
});

describe('budgets', () => {
  const web = [somePod({ name: 'web-1', node: 'a' }), somePod({ name: 'web-2', node: 'b' })];
  const withBudgets = (...budgets: readonly JsonObject[]): Preflight => drain({ nodes: three, pods: web, budgets });

  test('one that allows none is named, and whether waiting can help', () => {
    const now = withBudgets(someBudget({ name: 'now', status: { disruptionsAllowed: 0, currentHealthy: 2 } }));
    expect(now).toMatchObject({
      verdict: 'blocked',
      blockers: [{ answer: { budget: { name: 'now' }, always: false } }],
    });
    const never = withBudgets(someBudget({ name: 'never', status: { disruptionsAllowed: 0, desiredHealthy: 3 } }));
    expect(never.blockers).toMatchObject([{ answer: { answer: 'refused', budget: { name: 'never' }, always: true } }]);
  });

  test('a pod with two budgets can never be evicted, whatever they allow', () => {
    expect(withBudgets(someBudget({ name: 'one' }), someBudget({ name: 'two' })).blockers).toMatchObject([
      { answer: { answer: 'impossible', why: 'two-budgets', budgets: [{ name: 'one' }, { name: 'two' }] } },
    ]);
  });

  test('a count of before the last change, or of no pods, is unknown', () => {
    const stale = someBudget({ name: 'stale', status: { observedGeneration: 0 } });
    const uncounted = someBudget({
      name: 'new',
      status: { disruptionsAllowed: 0, expectedPods: 0, desiredHealthy: 0 },
    });
    for (const budget of [stale, uncounted])
      expect(withBudgets(budget)).toMatchObject({ verdict: 'unknown', doubts: [{ answer: { answer: 'unknown' } }] });
  });

  test('budgets that cannot be read are unknown, and not none', () => {
    const reading = { ...readingOf({ nodes: three, pods: web }), budgets: { known: false, reason: 'no' } } as const;
    expect(new DrainPreflight(reading, defaultDrainOptions).of(['a']).verdict).toBe('unknown');
  });

  test('two nodes at once with more pods than the budget lets go are told: one goes after the other', () => {
    const budgets = [someBudget({ name: 'guard' })];
    expect(drain({ nodes: three, pods: web, budgets }, {}, ['a', 'b']).slow).toEqual(['shop/guard']);
    expect(drain({ nodes: three, pods: web, budgets }, {}, ['a']).slow).toEqual([]);
  });

  test('an unhealthy pod goes where AlwaysAllow says so, or enough others are healthy', () => {
    const unhealthy = (budget: JsonObject): Preflight =>
      drain({ nodes: three, pods: [somePod({ name: 'sick', node: 'a', ready: false })], budgets: [budget] });
    const tight = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 };
    expect(unhealthy(someBudget({ name: 'b', status: tight })).verdict).toBe('blocked');
    const lets = someBudget({ name: 'b', spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' }, status: tight });
    expect(unhealthy(lets).verdict).toBe('ready');
    const enough = someBudget({ name: 'b', status: { ...tight, currentHealthy: 2 } });
    expect(unhealthy(enough).verdict).toBe('ready');
  });
});

describe('where they can go', () => {
  test('room: what others hold, cordons and nodes that are not ready count', () => {
    const full = (name: string): JsonObject => somePod({ name: `on-${name}`, node: name, cpu: '3500m' });
    expect(placementOf({ cpu: '1' }, { pods: [full('b')] })).toEqual({ fits: 'yes', node: 'c' });
    expect(obstacles(placementOf({ cpu: '1' }, { pods: [full('b'), full('c')] }))).toEqual({ 'no-room': 2 });
    const nodes = [
      three[0]!,
      someNode({ name: 'b', ready: 'Unknown' }),
      someNode({ name: 'c', spec: { unschedulable: true } }),
    ];
    expect(obstacles(placementOf({}, { nodes }))).toEqual({ 'not-ready': 1, cordoned: 1 });
  });

  test('a node that has not said how much room it has makes it unknown', () => {
    const nodes = [three[0]!, someNode({ name: 'b', status: { allocatable: null } }), someNode({ name: 'silent' })];
    const { allocatable: _none, ...silent } = nodes[2]!['status'] as JsonObject;
    const asked = [nodes[0]!, { ...nodes[2]!, status: silent }];
    expect(placementOf({}, { nodes: asked })).toEqual({ fits: 'unknown', why: 'unknown-room', detail: 'silent' });
  });

  test('an init container that needs more, sidecars, overhead and the pod’s own figures', () => {
    const init = (cpu: string, more: JsonObject = {}): JsonObject => ({
      name: 'i',
      resources: { requests: { cpu } },
      ...more,
    });
    const needs = (spec: JsonObject): unknown => {
      const seen = drain({ nodes: three, pods: [somePod({ name: 'p', node: 'a', cpu: '1', spec })] });
      return seen.pods[0]?.pod.needs.requests.get('cpu');
    };
    expect(needs({ initContainers: [init('3')] })).toBe(3000);
    expect(needs({ initContainers: [init('500m', { restartPolicy: 'Always' }), init('700m')] })).toBe(1500);
    expect(needs({ initContainers: [init('500m', { restartPolicy: 'Always' }), init('1200m')] })).toBe(1700);
    expect(needs({ overhead: { cpu: '250m' } })).toBe(1250);
    expect(needs({ resources: { requests: { cpu: '2' } }, overhead: { cpu: '1m' } })).toBe(2001);
  });

  test('taints and tolerations, node selector, node affinity', () => {
    const nodes = [
      three[0]!,
      someNode({ name: 'b', spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
      someNode({ name: 'c', labels: { disk: 'slow' } }),
    ];
    const where = { nodeSelector: { disk: 'fast' } };
    expect(obstacles(placementOf({ spec: where }, { nodes }))).toEqual({ taint: 1, 'node-selector': 1 });
    const tolerant = { tolerations: [{ key: 'gpu', operator: 'Exists' }], nodeName: 'a' };
    expect(placementOf({ spec: { ...tolerant, nodeSelector: { 'kubernetes.io/hostname': 'b' } } }, { nodes })).toEqual({
      fits: 'yes',
      node: 'b',
    });
    const affinity = (operator: string, values: readonly string[]): JsonObject => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values }] }],
        },
      },
    });
    expect(placementOf({ spec: { affinity: affinity('In', ['slow']), nodeName: 'a' } }, { nodes })).toMatchObject({
      node: 'c',
    });
    expect(
      obstacles(placementOf({ spec: { affinity: affinity('NotIn', ['slow']), nodeName: 'a' } }, { nodes })),
    ).toEqual({
      taint: 1,
      'node-selector': 1,
    });
  });

  describe('volumes', () => {
    const spec = { nodeName: 'a', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
    const claims = [{ metadata: { namespace: 'shop', name: 'data' }, spec: { volumeName: 'pv-1' } }];
    const zoned = (name: string, zone: string): JsonObject =>
      someNode({ name, labels: { 'topology.kubernetes.io/zone': zone } });
    const nodes = [zoned('a', 'z1'), zoned('b', 'z1'), zoned('c', 'z2')];
    const inZone = (zone: string): JsonObject => ({
      metadata: { name: 'pv-1' },
      spec: {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }] },
            ],
          },
        },
      },
    });

    test('a zone has to have another node', () => {
      expect(placementOf({ spec }, { nodes, claims, volumes: [inZone('z1')] })).toEqual({ fits: 'yes', node: 'b' });
      expect(
        obstacles(placementOf({ spec }, { nodes: [nodes[0]!, nodes[2]!], claims, volumes: [inZone('z1')] })),
      ).toEqual({
        volume: 1,
      });
    });

    test('a zone in a label of an old volume', () => {
      const old = {
        metadata: { name: 'pv-1', labels: { 'failure-domain.beta.kubernetes.io/zone': 'z2__z3' } },
        spec: {},
      };
      expect(placementOf({ spec }, { nodes, claims, volumes: [old] })).toEqual({ fits: 'yes', node: 'c' });
    });

    test('a claim or a volume that is not there lets it go nowhere; one that is not bound is unknown', () => {
      expect(obstacles(placementOf({ spec }, { nodes }))).toEqual({ 'claim-missing': 1 });
      expect(obstacles(placementOf({ spec }, { nodes, claims }))).toEqual({ 'volume-missing': 1 });
      const unbound = [{ metadata: { namespace: 'shop', name: 'data' }, spec: {} }];
      expect(placementOf({ spec }, { nodes, claims: unbound })).toMatchObject({
        fits: 'unknown',
        why: 'claim-unbound',
      });
    });

    test('volumes that cannot be read are unknown', () => {
      const reading = readingOf({ nodes, pods: [somePod({ name: 'p', node: 'a', spec })], claims });
      const blind = { ...reading, volumes: { known: false, reason: 'API_FORBIDDEN' } } as const;
      expect(new DrainPreflight(blind, defaultDrainOptions).of(['a'])).toMatchObject({
        verdict: 'unknown',
        doubts: [{ placement: { why: 'volumes-unread', detail: 'API_FORBIDDEN' } }],
      });
    });
  });

  test('ports of the host', () => {
    const port = (hostPort: number, hostIP?: string): JsonObject => ({
      nodeName: 'a',
      containers: [{ name: 'm', ports: [{ containerPort: 80, hostPort, ...(hostIP ? { hostIP } : {}) }] }],
    });
    const taken = somePod({ name: 'other', node: 'b', spec: { ...port(8080, '10.0.0.1'), nodeName: 'b' } });
    const nodes = [three[0]!, three[1]!];
    expect(obstacles(placementOf({ spec: port(8080) }, { nodes, pods: [taken] }))).toEqual({ 'host-port': 1 });
    expect(placementOf({ spec: port(8080, '10.0.0.2') }, { nodes, pods: [taken] })).toMatchObject({ fits: 'yes' });
  });

  describe('beside and apart from other pods', () => {
    const term = (topologyKey = 'kubernetes.io/hostname', more: JsonObject = {}): JsonObject => ({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'db' } }, topologyKey, ...more },
      ],
    });
    const db = (name: string, node: string, spec: JsonObject = {}): JsonObject =>
      somePod({ name, node, labels: { app: 'db' }, spec: { ...spec, nodeName: node } });

    test('apart: by its own term, by that of others, and from its own kind that moves with it', () => {
      const spec = { nodeName: 'a', affinity: { podAntiAffinity: term() } };
      const pods = [db('db-b', 'b'), db('db-c', 'c')];
      expect(obstacles(placementOf({ spec }, { pods }))).toEqual({ 'anti-affinity': 2 });
      expect(placementOf({ spec }, { pods: pods.slice(1) })).toMatchObject({ node: 'b' });
      const jealous = somePod({ name: 'j', node: 'b', spec: { nodeName: 'b', affinity: { podAntiAffinity: term() } } });
      const nodes = three.slice(0, 2);
      expect(obstacles(placementOf({ labels: { app: 'db' } }, { nodes, pods: [jealous] }))).toEqual({
        'anti-affinity': 1,
      });
      const both = ['db-1', 'db-2'].map((name) => db(name, 'a', spec));
      const seen = drain({ nodes, pods: both });
      expect([seen.verdict, seen.pods.map(({ placement }) => placement?.fits).toSorted()]).toEqual([
        'unknown',
        ['unknown', 'yes'],
      ]);
    });

    test('near: where its like is, and anywhere for the first', () => {
      const spec = { nodeName: 'a', affinity: { podAffinity: term() } };
      expect(placementOf({ spec }, { pods: [db('d', 'c')] })).toMatchObject({ node: 'c' });
      expect(obstacles(placementOf({ spec }))).toEqual({ affinity: 2 });
      expect(placementOf({ spec, labels: { app: 'db' } })).toMatchObject({ fits: 'yes' });
    });

    test('evenly: an emptied node holds its domain at nought', () => {
      const spread = {
        nodeName: 'a',
        topologySpreadConstraints: [
          {
            labelSelector: { matchLabels: { app: 'db' } },
            topologyKey: 'kubernetes.io/hostname',
            maxSkew: 1,
            whenUnsatisfiable: 'DoNotSchedule',
          },
        ],
      };
      const pods = [db('db-b', 'b'), db('db-c', 'c')];
      expect(obstacles(placementOf({ labels: { app: 'db' }, spec: spread }, { pods }))).toEqual({ spread: 2 });
      expect(placementOf({ labels: { app: 'db' }, spec: spread }, { pods: pods.slice(1) })).toMatchObject({
        node: 'b',
      });
    });

    test('what is not looked at makes it unknown, and says what', () => {
      const spec = { nodeName: 'a', affinity: { podAntiAffinity: term(undefined, { namespaceSelector: {} }) } };
      expect(placementOf({ spec })).toEqual({
        fits: 'unknown',
        why: 'undecided',
        detail: 'namespaceSelector of an affinity term',
      });
      expect(placementOf({ spec: { nodeName: 'a', schedulerName: 'volcano' } })).toMatchObject({
        detail: 'schedulerName volcano',
      });
    });
  });

  test('together: more than there is does not fit; what only a better order might place is unknown', () => {
    const pods = ['x', 'y', 'z'].map((name) => somePod({ name, node: 'a', cpu: '3' }));
    expect(drain({ nodes: three, pods }).verdict).toBe('blocked');
    const odd = [
      somePod({ name: 'x', node: 'a', cpu: '2500m' }),
      somePod({ name: 'y', node: 'a', cpu: '2500m' }),
      somePod({ name: 'z', node: 'a', cpu: '2' }),
    ];
    expect(drain({ nodes: three, pods: odd })).toMatchObject({
      verdict: 'unknown',
      doubts: [{ placement: { why: 'together' } }],
    });
  });

  test('a pod that could only take the place of others is unknown', () => {
    const low = somePod({
      name: 'low',
      node: 'b',
      cpu: '4',
      spec: { nodeName: 'b', priority: -1, containers: big('4') },
    });
    const nodes = three.slice(0, 2);
    expect(placementOf({ cpu: '1' }, { nodes, pods: [low] })).toEqual({
      fits: 'unknown',
      why: 'preempting',
      detail: 'b',
    });
    const polite = { nodeName: 'a', preemptionPolicy: 'Never', containers: big('1') };
    expect(obstacles(placementOf({ spec: polite }, { nodes, pods: [low] }))).toEqual({ 'no-room': 1 });
  });

  test('pods that wait already may take the room first', () => {
    const waiting = somePod({ name: 'w', phase: 'Pending', cpu: '3500m' });
    const nodes = three.slice(0, 2);
    expect(placementOf({ cpu: '1' }, { nodes, pods: [waiting] })).toMatchObject({ fits: 'unknown', why: 'together' });
  });
});

function big(cpu: string): JsonObject[] {
  return [{ name: 'main', resources: { requests: { cpu } } }];
}

test('whatever the cluster, no node is given more than it has, and no pod that blocks is called ready', () => {
  const cpus = fc.integer({ min: 1, max: 40 }).map((tenths) => `${tenths * 100}m`);
  const pods = fc.array(fc.tuple(cpus, fc.constantFrom('a', 'b', 'c')), { maxLength: 12 });
  fc.assert(
    fc.property(pods, (list) => {
      const made = list.map(([cpu, node], index) => somePod({ name: `p${index}`, node, cpu }));
      const held = (node: string): number =>
        list.reduce((sum, [cpu, on]) => (on === node ? sum + Number.parseInt(cpu, 10) : sum), 0);
      const seen = drain({ nodes: three, pods: made });
      for (const node of ['b', 'c']) {
        const came = seen.pods.filter(({ placement }) => placement?.fits === 'yes' && placement.node === node);
        const sum = came.reduce((total, { pod }) => total + (pod.needs.requests.get('cpu') ?? 0), 0);
        expect(sum === 0 || held(node) + sum <= 4000).toBe(true);
      }
      const all = seen.pods.every(({ placement }) => placement?.fits === 'yes');
      expect(seen.verdict === 'ready').toBe(all);
    }),
  );
});
