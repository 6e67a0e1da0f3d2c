import type { Evidence } from '../../../evidence/evidence.ts';
import { calicoNode, fixture, forbidden, pods, workload } from './fixture.ts';

/** Every fixture by its name. */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-wrong-repository': fixture({ pods: { state: 'seen', value: pods(1) } }),
  'warn-wrong-repository': fixture({
    node: workload('calico-node', { 'install-cni': 'calico-cni:v3.24.1' }, { 'calico-node': 'calico-node:v3.24.1' }),
    images: ['calico-node:v3.24.1', 'calico-cni:v3.24.1'],
    nodes: 6,
  }),
  'warn-wrong-repository-managed': fixture({
    node: calicoNode(undefined, { marks: { 'meta.helm.sh/release-name': 'calico' } }),
  }),
  'warn-wrong-repository-applied': fixture({
    node: calicoNode(undefined, { upkeep: { writers: [{ manager: 'nks-addon', operation: 'Apply' }], marks: [] } }),
  }),
  'warn-wrong-repository-untagged': fixture({ node: calicoNode('calico-node') }),
  'pass-names-fine': fixture({ node: calicoNode('docker.io/calico/node:v3.24.1') }),
  'pass-not-affected': fixture({ version: { state: 'seen', value: 'v1.30.3' } }),
  'pass-not-affected-not-nks': fixture({ isNks: false }),
  'unknown-version-unknown': fixture({ version: { state: 'unknown', reason: 'malformed', detail: 'no version' } }),
  'unknown-workloads-unknown': fixture({ node: 'forbidden' }),
  // The names are wrong, and a warning; whether it has struck, and where, nobody could see.
  'warn-wrong-repository-pods-unknown': fixture({ pods: forbidden, events: forbidden }),
  'warn-wrong-repository-events-unknown': fixture({ events: forbidden }),
  'warn-wrong-repository-pods-not-looked-at': fixture({
    pods: { state: 'not-looked-at', enable: '--kubeconfig' },
    events: { state: 'not-looked-at', enable: '--kubeconfig' },
  }),
  'unknown-cluster-unknown': fixture({ cluster: forbidden }),
  'not-looked-at-cluster-unknown-namespace': fixture({ scope: { namespace: 'team' }, node: 'absent' }),
  'not-looked-at-cluster-unknown': fixture({ cluster: { state: 'not-looked-at', enable: '--kubeconfig' } }),
};
