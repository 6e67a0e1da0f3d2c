import type { Evidence } from '../../../evidence/evidence.ts';
import { byKubectl, evidenceOf, podFacts, workloadFacts, type Made, type MadePods } from './workloads.ts';
import { withImages } from './node-images.ts';

const old = 'k8s.gcr.io/pause:3.2';
const served = 'registry.k8s.io/pause:3.2';

/** One object for each way in which a retired reference is reported; the names say which. */
const everyWay: readonly Made[] = [
  { kind: 'Deployment', name: 'patch', images: [old] },
  { kind: 'StatefulSet', name: 'patch-failing', images: [old] },
  { kind: 'Deployment', name: 'helm', images: [old], marks: { 'meta.helm.sh/release-name': 'shop' } },
  { kind: 'Deployment', name: 'argo-cd', images: [old], marks: { 'argocd.argoproj.io/instance': 'shop' } },
  { kind: 'Deployment', name: 'flux', images: [old], marks: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
  {
    kind: 'Deployment',
    name: 'kustomize',
    images: [old],
    marks: { 'app.kubernetes.io/managed-by': 'kustomize-v5.4.1' },
  },
  {
    kind: 'Deployment',
    name: 'addon-manager',
    images: [old],
    marks: { 'addonmanager.kubernetes.io/mode': 'Reconcile' },
  },
  { kind: 'Deployment', name: 'olm', images: [old], marks: { 'olm.owner': 'operator.v1' } },
  { kind: 'Deployment', name: 'other', images: [old], marks: { 'app.kubernetes.io/managed-by': 'pulumi' } },
  { kind: 'Deployment', name: 'owner', images: [old], owner: 'Database/main' },
  { kind: 'ReplicaSet', name: 'owner-unseen', images: [old], owner: 'ReplicationController/main' },
  { kind: 'Job', name: 'job', images: [old] },
  { kind: 'DaemonSet', name: 'provider', namespace: 'kube-system', images: [old] },
  { kind: 'DaemonSet', name: 'names-differ', images: ['quay.io/coreos/flannel'] },
  { kind: 'DaemonSet', name: 'renamed', images: ['quay.io/coreos/flannel:v0.12.0-amd64'] },
  {
    kind: 'Deployment',
    name: 'cluster-registry',
    images: ['harbor-kr1.cloud.toastoven.net/container_service/pause:3.2'],
  },
  { kind: 'Platform', name: 'field', fields: [old] },
  { kind: 'Deployment', name: 'in-pods', images: [served] },
];

const pods: readonly MadePods[] = [
  { owner: 'StatefulSet/patch-failing', image: old, pods: 2, waiting: 1, pullSecrets: ['regcred'] },
  { owner: 'Deployment/in-pods', image: old },
  { owner: 'Pod/pod', image: old },
  { owner: 'Pod/static-pod', image: old, static: true },
];

/** As NKS has it. */
const flannel: Made = {
  kind: 'DaemonSet',
  namespace: 'kube-system',
  name: 'kube-flannel-ds-amd64',
  upkeep: byKubectl,
  init: ['quay.io/coreos/flannel-cni:v0.3.0', 'quay.io/coreos/flannel:v0.15.1'],
  images: ['quay.io/coreos/flannel:v0.15.1'],
};

const platform: Made = { kind: 'Platform', images: [served] };

export const retiredFixtures: Readonly<Record<string, Evidence>> = {
  'fail-retired-reference': evidenceOf(workloadFacts(everyWay, ['ReplicationController']), podFacts(pods)),
  'warn-retired-reference-unclear': evidenceOf(
    workloadFacts([{ kind: 'DaemonSet', images: ['quay.io/coreos/flannel'] }, platform]),
  ),
  'fail-retired-reference-renamed': evidenceOf(
    workloadFacts([flannel, platform]),
    podFacts([
      {
        owner: 'DaemonSet/kube-flannel-ds-amd64',
        namespace: 'kube-system',
        image: 'quay.io/coreos/flannel:v0.15.1',
        pods: 3,
        waiting: 1,
      },
    ]),
  ),
  'warn-retired-reference-renamed': withImages(evidenceOf(workloadFacts([flannel, platform])), {
    'worker-0': ['quay.io/coreos/flannel-cni:v0.3.0', 'quay.io/coreos/flannel:v0.15.1'],
    'worker-1': ['quay.io/coreos/flannel:v0.15.1'],
    'worker-2': 'timed-out',
  }),
  'warn-retired-reference-in-pods': evidenceOf(
    workloadFacts([{ kind: 'Deployment', images: [served] }, platform]),
    podFacts([{ owner: 'Deployment/web', image: old, role: 'ephemeral' }]),
  ),
  'unknown-workloads-too-deep': evidenceOf(workloadFacts([{ ...platform, truncated: true }])),
  'unknown-workloads-unknown': evidenceOf(workloadFacts([platform], ['Job'])),
  'unknown-custom-resources-unknown': evidenceOf(workloadFacts([platform], ['Rollout'])),
  'not-looked-at-custom-resources-unknown': evidenceOf(workloadFacts([{ kind: 'Deployment', images: [served] }])),
  'pass-references-fine': evidenceOf(workloadFacts([{ kind: 'Deployment', images: [served] }, platform])),
};
