import { describe, expect, test } from 'vitest';
import { clusterActionKind, clusterActionSchema } from '../../actions/cluster-action-kinds.ts';
import { projectWorkload } from '../../evidence/workloads/project-workload.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { ProblemPlan } from '../problem.ts';
import { clusterFaults } from './cluster-faults.ts';
import { diagnose } from './diagnose.ts';
import { plan } from './plan.ts';
import {
  bpf,
  byKubectl,
  calicoNodeObject,
  connectTime,
  evidenceOf,
  gatewayPod,
  hostDnsPod,
  hostNat,
  meshedPod,
  pod,
  releases,
  stateOf,
  type FixtureState,
} from './testing/fixture.ts';
import { states } from './testing/fixture-states.ts';

const said = (state: FixtureState, earlier?: Evidence): readonly string[] =>
  diagnose(stateOf(state), earlier).map(({ status, rule }) => `${status} ${rule}`);
const udp = (state: FixtureState): string | undefined => said({ pods: [hostDnsPod], ...state })[0];

function planOf(evidence: Evidence, asked = true): ProblemPlan {
  return plan({ evidence, findings: diagnose(evidence), remedies: new Set(asked ? ['udp-variables'] : []) });
}

const inApi = { datastore: { value: 'kubernetes' }, env: [] } as const satisfies FixtureState;
const fromConfigMap = { valueFrom: { configMapKeyRef: { name: 'felix', key: 'bpf' } } };

describe('whether Calico uses eBPF, as Felix reads it', () => {
  test.each<readonly [string, FixtureState, string]>([
    ['a variable', { env: [bpf] }, 'warn udp'],
    ['in any of Felix’s words', { env: [{ name: 'FELIX_BPFENABLED', value: 'Yes' }] }, 'warn udp'],
    ['by a name in another case', { env: [{ name: 'Felix_BpfEnabled', value: 't' }] }, 'warn udp'],
    ['a variable that is off', { env: [{ ...bpf, value: 'no' }] }, 'pass no-ebpf'],
    ['a word that Felix does not take', { env: [{ ...bpf, value: 'maybe' }] }, 'unknown ebpf-unknown'],
    ['a variable without a value', { env: [{ name: bpf.name }] }, 'unknown ebpf-unknown'],
    ['a variable from elsewhere', { env: [{ name: bpf.name, ...fromConfigMap }] }, 'unknown ebpf-unknown'],
    ['two that differ', { env: [bpf, { name: 'felix_bpfenabled', value: 'false' }] }, 'unknown ebpf-unknown'],
    ['two that say the same', { env: [bpf, { name: 'felix_bpfenabled', value: 'true' }] }, 'warn udp'],
    ['the ConfigMap of the manifests', { env: [], endpoint: { FELIX_BPFENABLED: 'true', OTHER: 'x' } }, 'warn udp'],
    ['it is off there', { env: [], endpoint: { FELIX_BPFENABLED: 'false' } }, 'pass no-ebpf'],
    ['the ConfigMap’s is not in force behind a variable', { endpoint: { FELIX_BPFENABLED: 'false' } }, 'warn udp'],
    [
      'another ConfigMap',
      { ...inApi, envFrom: [{ configMapRef: { name: 'more' } }], felix: { default: {} } },
      'unknown ebpf-unknown',
    ],
    [
      'a Secret',
      { ...inApi, envFrom: [{ secretRef: { name: 'more' } }], felix: { default: {} } },
      'unknown ebpf-unknown',
    ],
    ['FelixConfiguration', { ...inApi, felix: { default: { bpfEnabled: true } } }, 'fail udp'],
    [
      'FelixConfiguration of one node',
      { ...inApi, felix: { default: {}, 'node.a': { bpfEnabled: true } } },
      'fail udp',
    ],
    ['FelixConfiguration without it', { ...inApi, felix: { default: { bpfLogLevel: 'Off' } } }, 'pass no-ebpf'],
    [
      'a variable is in force before it',
      { ...inApi, env: [{ ...bpf, value: '0' }], felix: { default: { bpfEnabled: true } } },
      'pass no-ebpf',
    ],
    ['no FelixConfigurations in the API server', { ...inApi, felix: 'absent' }, 'unknown ebpf-unknown'],
    ['etcd', { env: [] }, 'unknown ebpf-unknown'],
    ['nobody says which datastore', { env: [], datastore: 'unset' }, 'unknown ebpf-unknown'],
    [
      'the datastore comes from elsewhere',
      { env: [], datastore: fromConfigMap, felix: { default: {} } },
      'unknown ebpf-unknown',
    ],
  ])('%s', (_what, state, rule) => {
    expect(udp(state)).toBe(rule);
  });

  test('what cannot happen either way needs no answer', () => {
    const { mendedNode, mendedControllers } = releases;
    expect(said({ env: [], node: mendedNode, controllers: mendedControllers, pods: [hostDnsPod] })).toEqual([
      'pass udp-fine',
      'pass istio-fine',
      'pass node-names-fine',
    ]);
  });
});

describe('UDP from the host’s network', () => {
  test.each<readonly [string, JsonObject]>([
    ['on the host’s network, with the host’s DNS', { hostNetwork: true, dnsPolicy: 'ClusterFirst' }],
    ['on the host’s network, with the default', { hostNetwork: true, dnsPolicy: 'Default' }],
    ['on the network of pods', { hostNetwork: false, dnsPolicy: 'ClusterFirstWithHostNet' }],
    ['on the network of pods, without a word', { dnsPolicy: 'ClusterFirstWithHostNet' }],
  ])('is not touched for a pod %s', (_what, spec) => {
    expect(udp({ pods: [pod('agent', spec)] })).toBe('pass udp-fine');
  });

  test('a pod that has ended is not counted', () => {
    expect(udp({ pods: [{ ...hostDnsPod, status: { phase: 'Succeeded' } }] })).toBe('pass udp-fine');
  });

  test.each<readonly [string, FixtureState, string]>([
    ['one of two settings', { env: [bpf, connectTime] }, 'warn udp'],
    ['one that is known to be otherwise', { env: [bpf, { ...connectTime, value: 'TCP' }] }, 'fail udp'],
    [
      'both, in another case',
      { env: [bpf, { ...connectTime, value: 'enabled' }, { ...hostNat, value: 'DISABLED' }] },
      'pass udp-fine',
    ],
    [
      'both in FelixConfiguration',
      {
        ...inApi,
        felix: {
          default: {
            bpfEnabled: true,
            bpfConnectTimeLoadBalancing: 'Enabled',
            bpfHostNetworkedNATWithoutCTLB: 'Disabled',
          },
        },
      },
      'pass udp-fine',
    ],
    [
      'on all nodes but one',
      {
        env: [bpf, hostNat],
        datastore: { value: 'kubernetes' },
        felix: {
          default: { bpfConnectTimeLoadBalancing: 'Enabled' },
          'node.a': { bpfConnectTimeLoadBalancing: 'TCP' },
        },
      },
      'fail udp',
    ],
  ])('with %s', (_what, state, rule) => {
    expect(udp(state)).toBe(rule);
  });
});

describe('Istio', () => {
  const istio = (state: FixtureState): string | undefined => said({ node: releases.mendedNode, ...state })[1];

  test.each<readonly [string, FixtureState, string]>([
    ['a sidecar', { pods: [meshedPod] }, 'warn istio'],
    [
      'a native sidecar, from another registry',
      {
        pods: [
          pod('shop', {
            initContainers: [
              { name: 'istio-proxy', image: 'registry.example.test/mirror/proxyv2@sha256:' + 'a'.repeat(64) },
            ],
          }),
        ],
      },
      'warn istio',
    ],
    ['a gateway alone', { pods: [gatewayPod] }, 'pass istio-fine'],
    [
      'a container of that name that is not Istio’s',
      {
        pods: [
          pod('shop', {
            containers: [
              { name: 'shop', image: 'registry.example.test/shop:1' },
              { name: 'istio-proxy', image: 'registry.example.test/envoy:1' },
            ],
          }),
        ],
      },
      'pass istio-fine',
    ],
    ['Istio’s control plane alone', { pods: [pod('istiod', {})] }, 'pass istio-fine'],
    ['balancing is off', { pods: [meshedPod], env: [bpf, { ...connectTime, value: 'Disabled' }] }, 'pass istio-fine'],
    [
      'the older setting is written',
      { pods: [meshedPod], env: [bpf, { name: 'FELIX_BPFCONNECTTIMELOADBALANCINGENABLED', value: 'false' }] },
      'unknown settings-unknown',
    ],
  ])('%s', (_what, state, rule) => {
    expect(istio(state)).toBe(rule);
  });
});

describe('names of nodes that are used again', () => {
  const names = (state: FixtureState, earlier?: Evidence): string | undefined =>
    said({ node: releases.mendedNode, controllers: releases.controllers, ...state }, earlier)[2];
  const before = (uid: string): Evidence => evidenceOf({ state: 'not-looked-at', enable: '' }, {}, uid);

  test.each<readonly [string, FixtureState, string]>([
    ['an event of another node of that name', { nodeEvents: { 'worker-1': 'uid-before' } }, 'fail node-name-reused'],
    ['events of this very node', { nodeEvents: { 'worker-1': 'uid-worker-1-now' } }, 'warn node-names'],
    ['kubelet’s own events, which name it by its name', { nodeEvents: { 'worker-1': 'worker-1' } }, 'warn node-names'],
    ['a node of another name that is gone', { nodeEvents: { 'worker-9': 'uid-before' } }, 'warn node-names'],
    [
      'a datastore that does not lose them',
      { datastore: { value: 'kubernetes' }, nodeEvents: { 'worker-1': 'x' } },
      'pass node-names-fine',
    ],
  ])('%s', (_what, state, rule) => {
    expect(names(state)).toBe(rule);
  });

  test('an earlier bundle knows what events no longer do', () => {
    const seen = stateOf({});
    const earlier = (uid: string): Evidence => ({
      ...seen,
      nodes: seen.nodes.map((node) => ({
        ...node,
        api: node.api.state === 'seen' ? { state: 'seen', value: { ...node.api.value, uid } } : node.api,
      })),
    });
    expect(names({}, earlier('uid-before'))).toBe('fail node-name-reused');
    expect(names({}, earlier('uid-worker-1-now'))).toBe('warn node-names');
    expect(names({}, before('uid-before'))).toBe('warn node-names');
  });
});

describe('what is planned', () => {
  const fail = states['fail-udp']!;

  test('both variables behind the others, and the restart is said', () => {
    const { clusterActions = [], refused } = planOf(fail);
    const [action] = clusterActions;

    expect(refused).toEqual([]);
    expect(clusterActions).toHaveLength(1);
    expect(action).toMatchObject({ id: 'object-patch:kube-system/DaemonSet/calico-node', disrupts: 'restart' });
    expect(clusterActionSchema.parse(action)).toEqual(action);
    expect(
      action &&
        clusterActionKind(action.kind)
          .preview(action, (text) => text)
          .split('\n')
          .slice(2),
    ).toEqual([
      '@@ spec.template.spec.containers[0].env @@',
      '+- name: FELIX_BPFCONNECTTIMELOADBALANCING',
      '+  value: Enabled',
      '+- name: FELIX_BPFHOSTNETWORKEDNATWITHOUTCTLB',
      '+  value: Disabled',
    ]);
  });

  test('of one that is there the value alone', () => {
    const { clusterActions = [] } = planOf(states['fail-udp-half-mended']!);
    expect(clusterActions).toMatchObject([{ changes: [{ from: { ...connectTime, value: 'TCP' }, to: connectTime }] }]);
    expect(
      clusterActions.map((action) => clusterActionKind(action.kind).isRecomputable(action, clusterActions)),
    ).toEqual([false]);
  });

  test('unless it is asked for: a fail is open then, a warning is not', () => {
    expect(planOf(fail, false).refused).toMatchObject([{ key: 'refused.not-asked' }]);
    expect(planOf(states['warn-udp']!, false).refused).toMatchObject([{ optional: true }]);
  });

  const kept = (metadata: JsonObject): FixtureState => ({ metadata });
  const writer = (manager: string, operation: string) => kept({ managedFields: [byKubectl, { manager, operation }] });

  test.each<readonly [string, FixtureState, string, string]>([
    [
      'an owner',
      kept({
        ownerReferences: [{ apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'u' }],
      }),
      'managed',
      'Installation/default',
    ],
    ['Helm', kept({ annotations: { 'meta.helm.sh/release-name': 'calico' } }), 'managed', 'helm calico'],
    ['Argo CD', kept({ labels: { 'argocd.argoproj.io/instance': 'cni' } }), 'managed', 'argo-cd cni'],
    [
      'Kubernetes’ add-on manager',
      kept({ labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } }),
      'managed',
      'addon-manager Reconcile',
    ],
    [
      'a mark of a tool that nobody knows',
      kept({ annotations: { 'addon.nks.example/version': 'v3.28.0' } }),
      'managed',
      'addon.nks.example/version',
    ],
    ['server-side apply, under any name', writer('kubectl', 'Apply'), 'managed', 'kubectl (Apply)'],
    ['a program that writes it', writer('addon-controller', 'Update'), 'managed', 'addon-controller (Update)'],
    ['a name that begins as kubectl’s', writer('kubectlx', 'Update'), 'managed', 'kubectlx (Update)'],
    ['no word of who wrote it', kept({ managedFields: [] }), 'managed', 'metadata.managedFields: none'],
    ['pods that are replaced by hand', { strategy: 'OnDelete' }, 'on-delete', ''],
    [
      'the variable twice',
      { env: [bpf, { ...connectTime, value: 'TCP' }, { ...connectTime, value: 'TCP' }] },
      'set-otherwise',
      '',
    ],
    [
      'under another spelling',
      { env: [bpf, { name: connectTime.name.toLowerCase(), value: 'TCP' }] },
      'set-otherwise',
      '',
    ],
    ['with a value of its own', { env: [bpf, { ...connectTime, value: 'Sometimes' }] }, 'set-otherwise', ''],
    [
      'the older setting',
      { env: [bpf, { name: 'FELIX_BPFCONNECTTIMELOADBALANCINGENABLED', value: 'true' }] },
      'set-otherwise',
      '',
    ],
  ])('nothing where it has %s', (_what, state, why, by) => {
    const planned = planOf(stateOf({ pods: [hostDnsPod], ...state }));
    expect(planned).toMatchObject({
      actions: [],
      refused: [{ key: `refused.${why}`, params: by === '' ? {} : { by } }],
    });
    expect(planned.clusterActions).toBeUndefined();
  });

  test('who counts its pods does not keep it, and what Kubernetes and people mark it with does not either', () => {
    const metadata = {
      labels: { 'k8s-app': 'calico-node', 'app.kubernetes.io/name': 'calico' },
      annotations: {
        'deprecated.daemonset.template.generation': '3',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
      managedFields: [
        byKubectl,
        { manager: 'kubectl-edit', operation: 'Update' },
        { manager: 'nodemend', operation: 'Update' },
        { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' },
      ],
    };
    expect(planOf(stateOf({ pods: [hostDnsPod], metadata })).clusterActions).toHaveLength(1);
  });

  test('evidence of an earlier nodemend, which did not look who writes it, plans nothing', () => {
    const evidence = structuredClone(fail) as unknown as {
      cluster: { value: { workloads: { builtIn: { objects: { value: { upkeep?: unknown }[] } }[] } } };
    };
    for (const { objects } of evidence.cluster.value.workloads.builtIn)
      for (const one of objects.value) delete one.upkeep;
    expect(planOf(evidence as unknown as Evidence).refused).toMatchObject([
      { params: { by: 'metadata.managedFields: unknown' } },
    ]);
  });
});

test('only Calico’s own DaemonSet is looked at so closely', () => {
  const named = (name: string, namespace: string) => {
    const raw = calicoNodeObject({ metadata: { name, namespace } });
    return projectWorkload(raw, 'DaemonSet');
  };
  expect(named('calico-node', 'kube-system')).toHaveProperty('calicoNode');
  expect(named('calico-node', 'team')).not.toHaveProperty('calicoNode');
  expect(named('other', 'kube-system')).not.toHaveProperty('upkeep');
  expect(named('calico-node', 'team')).not.toHaveProperty('upkeep');
  expect(named('kube-flannel-ds', 'kube-flannel')).toHaveProperty('upkeep.writers.0.manager', byKubectl.manager);
  expect(named('kube-flannel-ds', 'team')).not.toHaveProperty('upkeep');
});

test('each fault of the practice cluster names what it makes by the node', () => {
  for (const fault of Object.values(clusterFaults)) {
    const objects = fault('worker-1').map(({ object }) => object);
    expect(objects.map(({ kind }) => kind)).toEqual([
      'DaemonSet',
      'Deployment',
      expect.stringMatching(/^(?:Pod|Event)$/) as string,
    ]);
    expect(JSON.stringify(objects.at(-1))).toContain('worker-1');
  }
});
