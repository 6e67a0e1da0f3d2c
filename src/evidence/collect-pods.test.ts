import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../kubernetes/api.ts';
import { AlikePods } from './alike-pods.ts';
import { PodFold } from './fold-pods.ts';
import type { PodFacts } from './pod-facts.ts';
import { isOfNode, projectPod } from './project-pod.ts';

/** A Pod as the API server sends it, as far as it is read. */
interface SomePod {
  readonly name: string;
  readonly owner?: JsonObject;
  readonly node?: string;
  readonly phase?: string;
  readonly spec?: JsonObject;
  readonly statuses?: readonly JsonObject[];
  readonly annotations?: JsonObject;
}

const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9c', controller: true };

function pod({
  name,
  owner,
  node = 'worker-1',
  phase = 'Pending',
  spec = {},
  statuses = [],
  annotations = {},
}: SomePod): JsonObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      creationTimestamp: '2026-11-26T00:00:00Z',
      annotations,
      ...(owner ? { ownerReferences: [owner] } : {}),
    },
    spec: { nodeName: node, serviceAccountName: 'default', containers: [{ name: 'app', image: 'nginx:1' }], ...spec },
    status: { phase, containerStatuses: statuses },
  };
}

function waits(reason: string, message = ''): JsonObject {
  return { name: 'app', image: 'docker.io/library/nginx:1', state: { waiting: { reason, message } } };
}

function fold(...pods: readonly JsonObject[]): PodFacts {
  const all = new PodFold();
  for (const raw of pods) {
    const projected = projectPod(raw);
    if (projected) all.add(projected);
  }
  return all.facts();
}

test('of pods that a node cannot do without the nodes are kept, and of no others; a pull policy where it is not the usual one', () => {
  const raws = [
    pod({ name: 'a', node: 'worker-2', owner: { ...replicaSet, kind: 'DaemonSet', name: 'agent' } }),
    pod({ name: 'b', node: 'worker-1', owner: { ...replicaSet, kind: 'DaemonSet', name: 'agent' } }),
    pod({ name: 'c', node: '', owner: { ...replicaSet, kind: 'DaemonSet', name: 'agent' } }),
    pod({
      name: 'd',
      owner: replicaSet,
      spec: { containers: [{ name: 'app', image: 'nginx:1', imagePullPolicy: 'Always' }] },
    }),
  ];
  const all = new PodFold();
  for (const raw of raws) {
    const projected = projectPod(raw)!;
    all.add(projected, isOfNode(projected) ? projected.node : '');
  }

  expect(all.facts().uses.map(({ owner, nodes, pullPolicy, pods }) => [owner.name, nodes, pullPolicy, pods])).toEqual([
    ['agent', ['worker-1', 'worker-2'], undefined, 3],
    ['web-7d9c', undefined, 'Always', 1],
  ]);
});

test('of the same pods what kubelet says that they run, by node where nodes differ; not of what ends or has not begun', () => {
  const runs = (imageID: string): JsonObject => ({ name: 'app', imageID, state: { running: { startedAt: '' } } });
  const agent = (node: string, status: JsonObject, metadata: JsonObject = {}): JsonObject => {
    const raw = pod({
      name: `agent-${node}`,
      node,
      phase: 'Running',
      owner: { ...replicaSet, kind: 'DaemonSet', name: 'agent' },
      statuses: [status],
      spec: {
        containers: [{ name: 'app', image: 'nginx:1' }],
        volumes: [{ name: 'app', image: { reference: 'data:1' } }],
      },
    });
    return { ...raw, metadata: { ...(raw['metadata'] as JsonObject), ...metadata } };
  };
  const listed = (...raws: readonly JsonObject[]): PodFacts['uses'] => {
    const [all, alike] = [new PodFold(), new AlikePods()];
    for (const raw of raws) {
      const projected = projectPod(raw)!;
      all.add(alike.oneOf(projected), isOfNode(projected) ? projected.node : '');
    }
    return all.facts().uses;
  };
  const [one, other] = ['nginx@sha256:a', 'docker-pullable://nginx@sha256:a'];
  const runningIn = (uses: PodFacts['uses']): unknown => uses.map(({ image, running }) => [image, running]);

  expect(runningIn(listed(agent('a', runs(one)), agent('b', runs(one))))).toEqual([
    ['nginx:1', [{ imageID: one }]],
    ['data:1', undefined],
  ]);
  expect(
    runningIn(
      listed(
        agent('c', runs(other)),
        agent('b', runs(one)),
        agent('a', runs(one)),
        agent('d', { ...runs(other), state: { terminated: {} } }),
        agent('e', runs(other), { deletionTimestamp: '2026-11-30T12:00:00Z' }),
        agent('f', waits('ErrImagePull')),
      ),
    ),
  ).toEqual([
    [
      'nginx:1',
      [
        { imageID: other, nodes: ['c'] },
        { imageID: one, nodes: ['a', 'b'] },
      ],
    ],
    ['data:1', undefined],
  ]);
  expect(runningIn(listed(pod({ name: 'w', owner: replicaSet, phase: 'Running', statuses: [runs(one)] })))).toEqual([
    ['nginx:1', undefined],
  ]);
});

test('of pods that have a node and claims and have not begun, each is kept with what it waits for, and no other', () => {
  const data = { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } };
  const scratch = { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } };
  const spec = { securityContext: { fsGroup: 0, fsGroupChangePolicy: 'Always' }, volumes: [data, scratch] };
  const facts = fold(
    pod({ name: 'db-0', spec }),
    pod({ name: 'db-1', spec: { volumes: [{ ...data, persistentVolumeClaim: { claimName: 'x', readOnly: true } }] } }),
    pod({ name: 'nowhere', node: '', spec }),
    pod({ name: 'begun', phase: 'Running', spec }),
    pod({ name: 'no-claims', spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
  );

  expect(facts.mounting).toEqual([
    {
      namespace: 'shop',
      name: 'db-0',
      uid: 'uid-db-0',
      node: 'worker-1',
      owner: { apiVersion: 'v1', kind: 'Pod', name: 'db-0' },
      fsGroup: 0,
      changePolicy: 'Always',
      claims: [
        { volume: 'data', claim: 'data-db-0' },
        { volume: 'scratch', claim: 'db-0-scratch' },
      ],
    },
    expect.objectContaining({ name: 'db-1', claims: [{ volume: 'data', claim: 'x', readOnly: true }] }) as unknown,
  ]);
  expect(fold(pod({ name: 'begun', phase: 'Running', spec })).mounting).toBeUndefined();
});

describe('what pods run', () => {
  test('pods of one owner are one use', () => {
    const { pods, uses } = fold(
      pod({ name: 'a', owner: replicaSet }),
      pod({ name: 'b', owner: replicaSet }),
      pod({ name: 'c' }),
    );
    expect(pods).toBe(3);
    expect(uses).toEqual([
      {
        namespace: 'shop',
        owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9c' },
        container: 'app',
        role: 'container',
        image: 'nginx:1',
        serviceAccount: 'default',
        pullSecrets: [],
        pods: 2,
      },
      {
        namespace: 'shop',
        owner: { apiVersion: 'v1', kind: 'Pod', name: 'c' },
        container: 'app',
        role: 'container',
        image: 'nginx:1',
        serviceAccount: 'default',
        pullSecrets: [],
        pods: 1,
      },
    ]);
  });

  test('images of every place: init, ephemeral, volumes', () => {
    const { uses } = fold(
      pod({
        name: 'a',
        spec: {
          initContainers: [{ name: 'init', image: 'busybox' }],
          ephemeralContainers: [{ name: 'debug', image: 'alpine' }],
          volumes: [
            { name: 'model', image: { reference: 'ghcr.io/a/model:1' } },
            { name: 'tmp', emptyDir: {} },
          ],
          imagePullSecrets: [{ name: 'regcred' }, {}],
        },
      }),
    );
    expect(uses.map(({ role, container, image, pullSecrets }) => [role, container, image, pullSecrets])).toEqual([
      ['container', 'app', 'nginx:1', ['regcred']],
      ['ephemeral', 'debug', 'alpine', ['regcred']],
      ['init', 'init', 'busybox', ['regcred']],
      ['volume', 'model', 'ghcr.io/a/model:1', ['regcred']],
    ]);
  });

  test('pods that ended pull nothing', () => {
    expect(fold(pod({ name: 'a', phase: 'Succeeded' }), pod({ name: 'b', phase: 'Failed' }))).toEqual({
      pods: 0,
      uses: [],
      waiting: [],
    });
  });

  test('a static pod says so, and is its own owner', () => {
    const node = { apiVersion: 'v1', kind: 'Node', name: 'worker-1', controller: true };
    const { uses } = fold(
      pod({ name: 'etcd-worker-1', owner: node, annotations: { 'kubernetes.io/config.mirror': 'abc' } }),
    );
    expect(uses).toMatchObject([{ owner: { kind: 'Pod', name: 'etcd-worker-1' }, static: true }]);
  });
});

describe('what keeps pods waiting', () => {
  test('the same words of one owner are one entry, with nodes and some of the pods', () => {
    const one = (name: string, node: string) =>
      pod({ name, owner: replicaSet, node, statuses: [waits('ImagePullBackOff', 'Back-off pulling image "nginx:1"')] });
    const { waiting } = fold(one('a', 'worker-2'), one('b', 'worker-1'), one('c', 'worker-1'), one('d', 'worker-1'));
    expect(waiting).toEqual([
      {
        namespace: 'shop',
        owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9c' },
        container: 'app',
        image: 'nginx:1',
        reason: 'ImagePullBackOff',
        message: 'Back-off pulling image "nginx:1"',
        pods: 4,
        samples: [
          { name: 'a', uid: 'uid-a' },
          { name: 'b', uid: 'uid-b' },
          { name: 'c', uid: 'uid-c' },
        ],
        nodes: ['worker-1', 'worker-2'],
        since: '2026-11-26T00:00:00Z',
      },
    ]);
  });

  test('a container that crashes, or waits its turn, has its image', () => {
    expect(
      fold(
        pod({ name: 'a', statuses: [waits('CrashLoopBackOff')] }),
        pod({ name: 'b', statuses: [waits('PodInitializing')] }),
      ).waiting,
    ).toEqual([]);
  });

  test('credentials in a message are masked', () => {
    const { waiting } = fold(
      pod({ name: 'a', statuses: [waits('ErrImagePull', 'Get "https://kim:hunter2@registry.example.test/v2/": EOF')] }),
    );
    expect(waiting[0]?.message).not.toContain('hunter2');
  });

  test('the order of the list does not matter', () => {
    const some = [
      pod({ name: 'a', statuses: [waits('ErrImagePull')] }),
      pod({ name: 'b', owner: replicaSet }),
    ] as const;
    expect(fold(...some)).toEqual(fold(...some.toReversed()));
  });
});
