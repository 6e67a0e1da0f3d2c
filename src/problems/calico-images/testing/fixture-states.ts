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
  'warn-wrong-repository-untagged': fixture({ node: calicoNode('calico-node') }),
  'pass-names-fine': fixture({ node: calicoNode('docker.io/calico/node:v3.24.1') }),
  'pass-not-affected': fixture({ version: { state: 'seen', value: 'v1.30.3' } }),
  'pass-not-affected-not-nks': fixture({ isNks: false }),
  'unknown-version-unknown': fixture({ version: { state: 'unknown', reason: 'malformed', detail: 'no version' } }),
  'unknown-workloads-unknown': fixture({ node: 'forbidden' }),
  'unknown-cluster-unknown': fixture({ cluster: forbidden }),
  'not-looked-at-cluster-unknown': fixture({ cluster: { state: 'not-looked-at', enable: '--kubeconfig' } }),
};
