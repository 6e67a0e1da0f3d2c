import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import {
  bpf,
  connectTime,
  evidenceOf,
  hostDnsPod,
  hostNat,
  meshedPod,
  releases,
  stateOf,
  type FixtureState,
} from './fixture.ts';

const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'nodemend cannot list it (403).' } as const;
const { mendedNode, mendedControllers } = releases;

/** Nothing of the guide is wrong but what a state says. */
const sound: FixtureState = { node: mendedNode, controllers: mendedControllers };
const inApi = { datastore: { value: 'kubernetes' }, env: [] } as const satisfies FixtureState;

function withoutCalico(part: keyof NonNullable<ClusterEvidence['calico']>, state: FixtureState): Evidence {
  const evidence = stateOf(state);
  if (evidence.cluster.state !== 'seen') throw new Error('it is seen');
  const { calico } = evidence.cluster.value;
  return stateOf({ ...state, more: calico === undefined ? {} : { calico: { ...calico, [part]: forbidden } } });
}

function withoutKind(kind: string, state: FixtureState): Evidence {
  const evidence = stateOf(state);
  if (evidence.cluster.state !== 'seen') throw new Error('it is seen');
  const { workloads } = evidence.cluster.value;
  if (workloads === undefined) throw new Error('they are listed');
  const builtIn = workloads.builtIn.map((one) => (one.kind === kind ? { ...one, objects: forbidden } : one));
  return stateOf({ ...state, more: { workloads: { ...workloads, builtIn } } });
}

/** The states that the fixtures are made of, by name (`<status>-<rule>[-<detail>]`). */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-udp': stateOf({ ...inApi, pods: [hostDnsPod], felix: { default: { bpfEnabled: true } } }),
  'fail-udp-half-mended': stateOf({ pods: [hostDnsPod], env: [bpf, { ...connectTime, value: 'TCP' }, hostNat] }),
  'fail-udp-managed': stateOf({
    ...inApi,
    pods: [hostDnsPod],
    felix: { default: { bpfEnabled: true } },
    namespace: 'calico-system',
    envFrom: [],
    metadata: {
      ownerReferences: [
        { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', name: 'default', uid: 'u', controller: true },
      ],
    },
  }),
  'warn-udp': stateOf({ pods: [hostDnsPod] }),
  'fail-node-name-reused': stateOf({
    ...sound,
    controllers: releases.controllers,
    nodeEvents: { 'worker-1': 'uid-worker-1-before' },
  }),
  'warn-istio': stateOf({ ...sound, ...inApi, pods: [meshedPod], felix: { default: { bpfEnabled: true } } }),
  'warn-istio-etcd': stateOf({ ...sound, pods: [meshedPod] }),
  'warn-node-names': stateOf({ ...sound, controllers: releases.controllers }),
  'unknown-calico-unknown': withoutKind('DaemonSet', sound),
  'unknown-release-unknown': stateOf({
    ...sound,
    node: 'registry.example.test/calico/node:stable',
    pods: [hostDnsPod],
  }),
  'unknown-release-unknown-unlisted': withoutKind('Deployment', sound),
  'unknown-ebpf-unknown-etcd': stateOf({ env: [], pods: [hostDnsPod] }),
  'unknown-ebpf-unknown': withoutCalico('felix', { ...inApi, pods: [hostDnsPod] }),
  'unknown-settings-unknown': stateOf({
    pods: [hostDnsPod],
    env: [bpf, { name: connectTime.name, valueFrom: { configMapKeyRef: { name: 'felix', key: 'ctlb' } } }, hostNat],
  }),
  'unknown-pods-unknown': stateOf({ more: { pods: forbidden } }),
  'not-looked-at-calico-unknown': evidenceOf({ state: 'not-looked-at', enable: '--kubeconfig' }),
  'not-looked-at-calico-unknown-namespace': stateOf({ pods: [hostDnsPod], scope: { namespace: 'team' } }),
  'pass-no-calico': stateOf({ node: 'absent', pods: [hostDnsPod, meshedPod] }),
  'pass-no-ebpf': stateOf({
    env: [{ ...bpf, value: 'false' }],
    controllers: releases.controllers,
    pods: [hostDnsPod, meshedPod],
  }),
  'pass-no-ebpf-by-configuration': stateOf({ ...inApi, pods: [hostDnsPod], felix: { default: {} } }),
  'pass-udp-fine': stateOf({ ...sound, pods: [hostDnsPod] }),
  'pass-udp-fine-no-pods': stateOf({}),
  'pass-udp-fine-settings': stateOf({ pods: [hostDnsPod], env: [bpf, connectTime, hostNat] }),
  'pass-istio-fine-not-balanced': stateOf({
    ...sound,
    pods: [meshedPod],
    env: [bpf, { ...connectTime, value: 'Disabled' }],
  }),
  'pass-node-names-fine-datastore': stateOf({
    ...sound,
    ...inApi,
    controllers: releases.controllers,
    felix: { default: { bpfEnabled: true } },
  }),
  'pass-node-names-fine-no-controllers': stateOf({ ...sound, controllers: 'absent' }),
};
