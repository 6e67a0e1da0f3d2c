import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/api.ts';
import type { EgressGroup } from '../quota.ts';
import { projectNodeImages, type NodeImages } from '../../../evidence/rate-limit/node-images.ts';
import { projectTemplate, type PodTemplate } from '../../../evidence/rate-limit/pod-template.ts';
import { parseRollout, type Rollout } from '../../../evidence/rate-limit/rollout.ts';
import { eligibleNodes, rolloutPulls } from './rollout-pulls.ts';
import { whatIf } from './what-if.ts';

test.each<readonly [string, Rollout | undefined]>([
  ['deployment/x=50', { kind: 'deployment', name: 'x', replicas: 50 }],
  ['deploy/a.b-c', { kind: 'deployment', name: 'a.b-c' }],
  ['sts/db=0', { kind: 'statefulset', name: 'db', replicas: 0 }],
  ['ds/agent', { kind: 'daemonset', name: 'agent' }],
  ['daemonset/agent=3', undefined],
  ['job/x=1', undefined],
  ['deployment/x=-1', undefined],
  ['deployment/x=1.5', undefined],
  ['deployment/X', undefined],
  ['deployment/', undefined],
  ['x=50', undefined],
  ['', undefined],
])('%s', (text, rollout) => {
  expect(parseRollout(text)).toEqual(rollout);
});

function node(
  name: string,
  images: readonly string[],
  more: { readonly spec?: object; readonly labels?: object; readonly runtime?: string; readonly fill?: number } = {},
): NodeImages {
  const filler = Array.from({ length: more.fill ?? 0 }, (_, index) => ({ names: [`registry.k8s.io/filler:${index}`] }));
  const status = {
    images: [...images.map((image) => ({ names: [image] })), ...filler],
    nodeInfo: { containerRuntimeVersion: more.runtime ?? 'containerd://1.7.27' },
  };
  return projectNodeImages(
    { metadata: { name, labels: more.labels ?? {} }, spec: more.spec ?? {}, status } as unknown as JsonObject,
    'docker.io',
  );
}

function template(containers: readonly object[], pod: object = {}, replicas = 1): PodTemplate {
  return projectTemplate(
    { spec: { replicas, template: { spec: { containers, ...pod } } } } as unknown as JsonObject,
    'docker.io',
  );
}

const nginx = { image: 'nginx:1', imagePullPolicy: 'IfNotPresent' };
const pause = 'registry.k8s.io/pause:3.10';

test('of a template: what is pulled from the registry, each image once', () => {
  const pod = {
    initContainers: [
      { image: 'busybox', imagePullPolicy: 'Always' },
      { image: 'docker.io/library/nginx:1', imagePullPolicy: 'Always' },
    ],
    volumes: [
      { name: 'model', image: { reference: 'team/model:2', pullPolicy: 'IfNotPresent' } },
      { name: 'tmp', emptyDir: {} },
    ],
    imagePullSecrets: [{ name: 'hub' }],
  };

  expect(
    template(
      [nginx, { image: 'ghcr.io/a/b:1' }, { image: 'local/tool:1', imagePullPolicy: 'Never' }, { image: '' }],
      pod,
      3,
    ),
  ).toEqual({
    images: [
      { image: 'docker.io/library/busybox:latest', policy: 'Always' },
      { image: 'docker.io/library/nginx:1', policy: 'Always' },
      { image: 'docker.io/team/model:2', policy: 'IfNotPresent' },
    ],
    replicas: 3,
    nodeSelector: {},
    tolerations: [],
    serviceAccount: 'default',
    pullSecrets: ['hub'],
  });
});

describe('what it costs', () => {
  const cost = (
    images: PodTemplate,
    nodes: readonly NodeImages[],
    replicas: number,
    kind: Rollout['kind'] = 'deployment',
  ) => rolloutPulls({ kind, replicas, images: images.images, nodes });
  const three = [node('a', ['docker.io/library/nginx:1']), node('b', [pause]), node('c', [pause])];

  test('once for each node that lacks the image, and never more than there are pods', () => {
    expect(cost(template([nginx]), three, 50)).toEqual({ pulls: 2, certain: 2, ifNew: 3 });
    expect(cost(template([nginx]), three, 1)).toEqual({ pulls: 1, certain: 1, ifNew: 1 });
    expect(cost(template([nginx, { image: 'redis' }]), three, 50)).toEqual({ pulls: 5, certain: 5, ifNew: 6 });
    expect(cost(template([nginx]), three, 0, 'daemonset')).toEqual({ pulls: 2, certain: 2, ifNew: 3 });
    expect(cost(template([nginx]), three, 0)).toEqual({ pulls: 0, certain: 0, ifNew: 0 });
    expect(cost(template([{ image: 'ghcr.io/a/b' }]), three, 9)).toEqual({ pulls: 0, certain: 0, ifNew: 0 });
  });

  test('by digest the digest is looked for, whatever the tag', () => {
    const digest = `sha256:${'b'.repeat(64)}`;
    const nodes = [node('a', [`docker.io/library/nginx@${digest}`]), node('b', ['nginx:1'])];

    expect(cost(template([{ image: `nginx:1@${digest}` }]), nodes, 9)).toMatchObject({ pulls: 1 });
    expect(cost(template([{ image: `nginx@${digest}` }]), nodes, 9)).toMatchObject({ pulls: 1 });
    expect(cost(template([nginx]), nodes, 9)).toMatchObject({ pulls: 1 });
  });

  test('a node that does not name all its images is counted, and said to be uncertain', () => {
    expect(cost(template([nginx]), [node('a', [], { fill: 50 }), node('b', []), node('c', [pause])], 9)).toEqual({
      pulls: 3,
      certain: 1,
      ifNew: 3,
    });
    expect(cost(template([nginx]), [node('a', ['nginx:1'], { fill: 49 })], 9)).toEqual({
      pulls: 0,
      certain: 0,
      ifNew: 1,
    });
  });

  test.each([
    ['containerd://1.6.21', 0],
    ['docker://20.10.24', 0],
    ['docker://26.1.5', 0],
    ['docker://19.3.15', 9],
    ['docker://18.9.0', 9],
  ])('a check of an image that is there, by %s', (runtime, pulls) => {
    expect(
      cost(template([{ image: 'nginx:1', imagePullPolicy: 'Always' }]), [node('a', ['nginx:1'], { runtime })], 9),
    ).toMatchObject({ pulls });
    expect(cost(template([nginx]), [node('a', ['nginx:1'], { runtime })], 9)).toMatchObject({ pulls: 0 });
  });

  test('of a DaemonSet a check is one for each node of that kind', () => {
    const old = { runtime: 'docker://19.3.15' };
    expect(
      cost(
        template([{ image: 'nginx:1', imagePullPolicy: 'Always' }]),
        [node('a', ['nginx:1'], old), node('b', ['nginx:1']), node('c', [])],
        0,
        'daemonset',
      ),
    ).toEqual({ pulls: 2, certain: 1, ifNew: 3 });
  });

  test('more pods or more nodes never cost less, and never more than every image on every node', () => {
    const nodes = fc
      .array(fc.record({ images: fc.subarray(['nginx:1', 'redis:7']), fill: fc.constantFrom(0, 60) }), { maxLength: 8 })
      .map((all) => all.map(({ images, fill }, index) => node(`n${index}`, images, { fill })));
    fc.assert(
      fc.property(nodes, fc.nat(12), fc.subarray([nginx, { image: 'redis:7' }]), (some, replicas, containers) => {
        const now = cost(template(containers), some, replicas);
        const more = cost(template(containers), [...some, node('more', [])], replicas + 1);
        expect(
          now.certain <= now.pulls &&
            now.pulls <= now.ifNew &&
            now.ifNew <= containers.length * Math.min(some.length, replicas),
        ).toBe(true);
        expect(more.pulls >= now.pulls && more.ifNew >= now.ifNew && more.certain >= now.certain).toBe(true);
      }),
    );
  });
});

test('where its pods may come to', () => {
  const nodes = [
    node('plain', []),
    node('cordoned', [], { spec: { unschedulable: true } }),
    node('gpu', [], {
      labels: { pool: 'gpu' },
      spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    }),
    node('soft', [], { spec: { taints: [{ key: 'old', effect: 'PreferNoSchedule' }] } }),
    node('not-ready', [], { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] } }),
  ];
  const names = (pod: object, kind: Rollout['kind'] = 'deployment'): readonly string[] =>
    eligibleNodes(nodes, template([nginx], pod), kind).map(({ name }) => name);

  expect(names({})).toEqual(['plain', 'soft', 'not-ready']);
  expect(names({}, 'daemonset')).toEqual(['plain', 'cordoned', 'soft', 'not-ready']);
  expect(names({ tolerations: [{ operator: 'Exists' }] })).toEqual(['plain', 'gpu', 'soft', 'not-ready']);
  expect(names({ nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', value: 'yes' }] })).toEqual(['gpu']);
  expect(
    names({ nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }] }),
  ).toEqual(['gpu']);
  expect(
    names({
      nodeSelector: { pool: 'gpu' },
      tolerations: [
        { key: 'gpu', value: 'no' },
        { key: 'gpu', operator: 'Exists', effect: 'NoExecute' },
      ],
    }),
  ).toEqual([]);
});

describe('whom it costs', () => {
  const group = (
    source: string,
    remaining: number | undefined,
    nodes: readonly string[],
    more: Partial<EgressGroup> = {},
  ): EgressGroup => ({
    source,
    sourceKind: 'address',
    limit: 100,
    remaining,
    windowSeconds: 21_600,
    nodes,
    here: false,
    secrets: [],
    ...more,
  });
  const nodes = ['a', 'b', 'c', 'd'].map((name) => node(name, [pause]));
  const hub = { namespace: 'web', secret: 'hub' };
  const logins = [{ key: 'https://index.docker.io/v1/', holds: 'password' }];
  const found = [
    {
      namespace: 'web',
      serviceAccounts: { state: 'seen', value: [{ name: 'default', pullSecrets: ['hub'] }] },
      secrets: [{ name: 'hub', secret: { state: 'seen', value: { type: 'kubernetes.io/dockerconfigjson', logins } } }],
    },
  ];
  const rollout: Rollout = { kind: 'deployment', name: 'x', replicas: 50 };
  const groups = [
    group('203.0.113.7', 1, ['a', 'b']),
    group('203.0.113.8', 90, ['c']),
    group('***', 150, [], { sourceKind: 'account', secrets: [hub] }),
  ];
  const ask = (pod: object, more: object = {}) =>
    whatIf({ rollout, namespace: 'web', template: template([nginx], pod), nodes, groups, found: undefined, ...more });

  test('each address for its nodes; the tightest first, the unknown last', () => {
    const { costs, hasUnreadLogin } = ask({});

    expect(hasUnreadLogin).toBe(false);
    expect(costs.map(({ group: whose, ...cost }) => ({ source: whose?.source, ...cost }))).toEqual([
      { source: '203.0.113.7', nodes: ['a', 'b'], pulls: 2, certain: 2, ifNew: 2, exhausts: true },
      { source: '203.0.113.8', nodes: ['c'], pulls: 1, certain: 1, ifNew: 1, exhausts: false },
      { source: undefined, nodes: ['d'], pulls: 1, certain: 1, ifNew: 1, exhausts: undefined },
    ]);
  });

  test('the account, where the pod or its ServiceAccount has its login', () => {
    for (const pod of [{ imagePullSecrets: [{ name: 'hub' }] }, {}]) {
      expect(ask(pod, { found }).costs).toMatchObject([
        { group: { secrets: [hub] }, pulls: 4, nodes: ['a', 'b', 'c', 'd'], exhausts: false },
      ]);
    }
    // Secrets of the pod itself take the place of the ServiceAccount's.
    expect(ask({ imagePullSecrets: [{ name: 'other' }] }, { found }).costs).toHaveLength(3);
  });

  test('secrets that were not read are said', () => {
    expect(ask({ imagePullSecrets: [{ name: 'hub' }] })).toMatchObject({
      hasUnreadLogin: true,
      costs: [{ pulls: 2 }, {}, {}],
    });
  });
});
