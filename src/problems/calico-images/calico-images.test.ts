import { describe, expect, test } from 'vitest';
import { clusterActionSchema } from '../../actions/cluster-action-kinds.ts';
import type { FieldWriter } from '../../evidence/workloads/upkeep.ts';
import type { Workload } from '../../evidence/workloads/workload.ts';
import type { SourceAnswer } from '../../images/sources/source-answer.ts';
import type { Successor } from '../../registry/successor.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import { diagnose } from './diagnose.ts';
import { asksNodes, plan, verifies } from './plan.ts';
import { calicoNode, fixture, forbidden, pods, workload, type FixtureCluster } from './testing/fixture.ts';

const typha = workload('calico-typha', {}, { 'calico-typha': 'calico-typha:v3.24.1' });
const controllers = workload(
  'calico-kube-controllers',
  {},
  { 'calico-kube-controllers': 'calico-kube-controllers:v3.24.1' },
);

const said = (of: FixtureCluster): readonly string[] =>
  diagnose(fixture(of)).map(({ status, text, subject }) =>
    `${status} ${text.key.replace('findings.', '')} ${'name' in subject ? subject.name : ''}`.trim(),
  );

describe('found, before and when it strikes', () => {
  test.each([
    ['v1.23.3', true],
    ['v1.29.2', true],
    ['v1.29.3', true],
    ['v1.29.3-nks1', true],
    ['v1.29.4', false],
    ['v1.30.0', false],
    ['v2.0.0', false],
  ])('gate: %s', (version, isAffected) => {
    expect(said({ version: { state: 'seen', value: version } })).toEqual([
      isAffected ? 'warn wrong-repository.named DaemonSet/calico-node' : 'pass not-affected.newer',
    ]);
  });

  test('all containers that are there, and no other: mount-bpffs is optional', () => {
    const containers = (node: Workload): unknown =>
      diagnose(fixture({ node })).map((finding) =>
        finding.status === 'warn'
          ? ((finding.facts?.['references'] ?? []) as { container: string }[]).map((one) => one.container)
          : [],
      );
    expect(containers(calicoNode())).toEqual([['install-cni', 'mount-bpffs', 'calico-node']]);
    expect(
      containers(workload('calico-node', { 'install-cni': 'calico-cni:v3' }, { 'calico-node': 'calico-node:v3' })),
    ).toEqual([['install-cni', 'calico-node']]);
  });

  test('each of the three workloads once; a failure where its own pods wait', () => {
    expect(said({ deployments: [controllers, typha], pods: { state: 'seen', value: pods(1) } })).toEqual([
      'fail wrong-repository.named DaemonSet/calico-node',
      'warn wrong-repository.named Deployment/calico-kube-controllers',
      'warn wrong-repository.named Deployment/calico-typha',
    ]);
  });

  test('nodes are told by what they still have', () => {
    const [finding] = diagnose(fixture({ images: ['calico-node:v3.24.1', 'calico-cni:v3.24.1'] }));
    expect(finding).toMatchObject({ facts: { heldBy: ['worker-1'] } });
    const [lost] = diagnose(fixture({ images: ['calico-node:v3.24.1'] }));
    expect(lost).toMatchObject({ facts: { lackedBy: ['worker-1'] } });
  });
});

describe('left alone: what only looks like it', () => {
  test.each<[string, Workload]>([
    ['the published name', calicoNode('docker.io/calico/node:v3.24.1')],
    ['the published name, short', calicoNode('calico/node:v3.24.1')],
    [
      'the NKS registry',
      calicoNode('dfe965c3-kr1-registry.container.nhncloud.com/container_service/calico-node:v3.24.1'),
    ],
    ['a mirror of one’s own', calicoNode('harbor.example:5000/calico-node:v3.24.1')],
    ['another registry', calicoNode('quay.io/calico/node:v3.24.1')],
    ['a name that begins so', calicoNode('calico-node-tests:v1')],
    ['the operator’s namespace', calicoNode(undefined, { namespace: 'calico-system' })],
    ['an object of another name', calicoNode(undefined, { name: 'calico-node-debug' })],
  ])('%s', (_what, node) => {
    expect(said({ node })).toEqual(['pass names-fine']);
  });
});

describe('what somebody keeps is told, and the plan refuses with who it is', () => {
  const owner = { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'uid' };
  const writtenBy = (...writers: FieldWriter[]): Partial<Workload> => ({ upkeep: { writers, marks: [] } });
  const kubectl = { manager: 'kubectl-edit', operation: 'Update' };

  test.each<[string, Partial<Workload>]>([
    ['Installation/default', { owner }],
    ['argo-cd network', { marks: { 'argocd.argoproj.io/instance': 'network' } }],
    ['helm calico', { marks: { 'meta.helm.sh/release-name': 'calico' } }],
    ['pulumi', { marks: { 'app.kubernetes.io/managed-by': 'pulumi' } }],
    ['nks-addon (Apply)', writtenBy(kubectl, { manager: 'nks-addon', operation: 'Apply' })],
    ['kubectl (Apply)', writtenBy({ manager: 'kubectl', operation: 'Apply' })],
    ['addon-controller (Update)', writtenBy(kubectl, { manager: 'addon-controller', operation: 'Update' })],
    ['addon.nks.example/version', { upkeep: { writers: [kubectl], marks: ['addon.nks.example/version'] } }],
    ['metadata.managedFields: none', writtenBy()],
  ])('%s', (by, more) => {
    const kept = { node: calicoNode(undefined, more) };
    expect(diagnose(fixture(kept))).toMatchObject([{ text: { key: 'findings.wrong-repository.managed' } }]);
    const planned = planOf(kept);
    expect(planned).toMatchObject({
      actions: [],
      refused: [{ key: 'refused.managed', params: { object: 'DaemonSet kube-system/calico-node', by } }],
    });
    expect(planned.clusterActions).toBeUndefined();
    expect(verifies(inputOf(kept))).toEqual([]);
    // Nobody asked for the remedy: of a warning nobody has to do anything.
    expect(whys(kept, { remedies: new Set() })).toEqual(['managed optional']);
  });

  test.each(['kubectl-client-side-apply', 'kubectl-set', 'nodemend', 'kube-controller-manager'])(
    'not %s, which puts nothing back',
    (manager) => {
      const node = calicoNode(undefined, writtenBy({ manager, operation: 'Update' }));
      expect(planOf({ node })).toMatchObject({ clusterActions: [{ kind: 'object-patch' }], refused: [] });
    },
  );

  test('evidence of an earlier nodemend, which did not look who writes it, plans nothing', () => {
    const { upkeep: _, ...node } = calicoNode();
    expect(planOf({ node })).toMatchObject({ refused: [{ params: { by: 'metadata.managedFields: unknown' } }] });
  });
});

describe('what could not be seen is said beside the trouble', () => {
  const warned = 'warn wrong-repository.named DaemonSet/calico-node';
  const unseen = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

  test.each<[string, FixtureCluster, readonly string[]]>([
    ['pods', { pods: forbidden }, [warned, 'unknown pods-unknown']],
    ['events', { events: forbidden }, [warned, 'unknown events-unknown']],
    ['both', { pods: forbidden, events: forbidden }, [warned, 'unknown pods-unknown', 'unknown events-unknown']],
    ['nobody looked at pods', { pods: unseen }, [warned, 'not-looked-at pods-not-looked-at']],
    ['Deployments', { deployments: 'forbidden' }, [warned, 'unknown workloads-unknown']],
    // Names stand in the objects alone: pods cannot make them wrong.
    ['pods, where all names are right', { pods: forbidden, node: calicoNode('calico/node:v3') }, ['pass names-fine']],
    ['all other namespaces', { node: 'absent', scope: { namespace: 'team' } }, ['not-looked-at cluster-not-looked-at']],
  ])('%s', (_what, of, expected) => {
    expect(said(of)).toEqual(expected);
  });

  test('the namespace that Calico is in is enough', () => {
    expect(said({ scope: { namespace: 'kube-system' } })).toEqual([warned]);
  });
});

const verified = new Map(
  ['node', 'cni', 'typha', 'kube-controllers'].map((name): [string, Successor] => [
    `calico-${name}:v3.24.1`,
    { action: 'change', reference: `docker.io/calico/${name}:v3.24.1` },
  ]),
);

function inputOf(of: FixtureCluster, more: Partial<PlanInput> = {}): PlanInput {
  const evidence = fixture(of);
  return { evidence, findings: diagnose(evidence), remedies: new Set(['public-images']), verified, ...more };
}

function planOf(of: FixtureCluster, more: Partial<PlanInput> = {}): ProblemPlan {
  return plan(inputOf(of, more));
}

const whys = (...args: Parameters<typeof planOf>): readonly string[] =>
  planOf(...args).refused.map(({ key, optional }) => `${key.replace('refused.', '')}${optional ? ' optional' : ''}`);

describe('planned: names that Docker Hub has, at their places', () => {
  test('DaemonSet first, each workload whole, as the schema of a plan takes it', () => {
    const { clusterActions = [], refused } = planOf({ deployments: [controllers, typha] });

    expect(refused).toEqual([]);
    expect(clusterActions.map(({ id }) => id)).toEqual([
      'object-patch:kube-system/DaemonSet/calico-node',
      'object-patch:kube-system/Deployment/calico-kube-controllers',
      'object-patch:kube-system/Deployment/calico-typha',
    ]);
    expect(clusterActions[0]).toMatchObject({
      disrupts: 'restart',
      uid: 'uid-calico-node',
      changes: [
        { path: '/spec/template/spec/initContainers/0/image', to: 'docker.io/calico/cni:v3.24.1' },
        { path: '/spec/template/spec/initContainers/1/image', to: 'docker.io/calico/node:v3.24.1' },
        { path: '/spec/template/spec/containers/0/image', to: 'docker.io/calico/node:v3.24.1' },
      ],
    });
    for (const action of clusterActions) expect(clusterActionSchema.parse(action)).toEqual(action);
  });

  test('nobody asked: a warning may wait, a failing pod may not; and no registry is asked', () => {
    const remedies = new Set<string>();
    expect(whys({}, { remedies })).toEqual(['not-asked optional']);
    expect(whys({ pods: { state: 'seen', value: pods(1) } }, { remedies })).toEqual(['not-asked']);
    expect(verifies(inputOf({}, { remedies }))).toEqual([]);
    expect(asksNodes(inputOf({}, { remedies }))).toEqual([]);
  });

  test('Docker Hub is asked for each image once, and one node for the same', () => {
    expect(verifies(inputOf({}))).toEqual([
      { written: 'calico-cni:v3.24.1', published: 'docker.io/calico/cni:v3.24.1' },
      { written: 'calico-node:v3.24.1', published: 'docker.io/calico/node:v3.24.1' },
    ]);
    expect(asksNodes(inputOf({}))).toEqual([]);
    expect(asksNodes(inputOf({ images: [] }))).toMatchObject([
      { node: 'worker-1', runtime: 'docker', platform: 'linux/amd64', reference: 'docker.io/calico/cni:v3.24.1' },
      { node: 'worker-1', reference: 'docker.io/calico/node:v3.24.1' },
    ]);
  });
});

describe('nothing is written that is not known to be there', () => {
  const answering = (reason: 'not-there' | 'not-verified') =>
    new Map([...verified, ['calico-cni:v3.24.1', { action: 'report', reason }] as [string, Successor]]);
  const fromNode = (answer: SourceAnswer): Partial<PlanInput> => ({
    sources: {
      settings: { names: [], plainHttp: [] },
      answers: new Map([['worker-1', new Map([['docker.io/calico/cni:v3.24.1', answer]])]]),
    },
  });
  const found = {
    state: 'found',
    digest: `sha256:${'a'.repeat(64)}`,
    id: `sha256:${'b'.repeat(64)}`,
    bytes: 1,
    parts: [],
  } as const;

  test.each<[string, Partial<PlanInput>, readonly string[]]>([
    ['Docker Hub has no such image', { verified: answering('not-there') }, ['not-there']],
    ['Docker Hub did not say', { verified: answering('not-verified') }, ['not-verified']],
    ['Docker Hub was not asked', { verified: new Map() }, ['not-verified']],
    ['the node does not reach it', fromNode({ state: 'unknown', reason: 'unreachable', detail: '' }), ['unreached']],
    ['the node is told that it is not there', fromNode({ state: 'absent' }), ['not-there']],
    ['both say that it is there', fromNode(found), []],
    [
      'the answer is another image',
      {
        verified: new Map([
          ...verified,
          ['calico-cni:v3.24.1', { action: 'change', reference: 'evil.example/cni:1' }] as [string, Successor],
        ]),
      },
      ['not-verified'],
    ],
  ])('%s', (_what, more, expected) => {
    expect(whys({}, more)).toEqual(expected);
  });

  test.each([
    [
      'a pod that waits says so',
      {
        pods: {
          state: 'seen',
          value: pods(
            1,
            'Back-off pulling image "calico-node:v3.24.1": ErrImagePull: failed to do request: Head ' +
              '"https://registry-1.docker.io/v2/library/calico-node/manifests/v3.24.1": dial tcp 1.2.3.4:443: i/o timeout',
          ),
        },
      },
    ],
    [
      'an event of kubelet before 1.32 says so',
      {
        events: {
          state: 'seen',
          value: [
            {
              namespace: 'kube-system',
              pod: 'calico-node-x',
              podUid: 'uid',
              reason: 'Failed',
              message:
                'Failed to pull image "calico-node:v3.24.1": rpc error: code = Unknown desc = failed to pull and unpack ' +
                'image "docker.io/library/calico-node:v3.24.1": failed to resolve reference ' +
                '"docker.io/library/calico-node:v3.24.1": failed to do request: Head ' +
                '"https://registry-1.docker.io/v2/library/calico-node/manifests/v3.24.1": dial tcp 1.2.3.4:443: i/o timeout',
              node: 'worker-9',
              count: 3,
              lastSeen: '2026-11-30T00:00:00Z',
            },
          ],
        },
      },
    ],
  ] as const)('a closed network: %s', (_what, of) => {
    const { clusterActions, refused } = planOf(of);
    expect(clusterActions).toBeUndefined();
    expect(refused).toMatchObject([{ key: 'refused.unreached', params: { node: 'worker-9' } }]);
  });

  test('an object is changed whole or not at all', () => {
    const node = workload('calico-node', { 'install-cni': 'calico-cni:v3.24.1' }, { 'calico-node': 'calico-node' });
    expect(planOf({ node })).toEqual({ actions: [], refused: [] });
  });
});
