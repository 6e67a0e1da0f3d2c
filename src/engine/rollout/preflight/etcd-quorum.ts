import type { Sentence } from '../../../errors/sentences.ts';
import type { ClusterReading } from './cluster-reading.ts';

/**
 * Why etcd might lose its quorum when these nodes go down; undefined where it does not, or where only workers
 * go. Its members are known by their static pods (kubeadm, RKE2): where there are none nobody here knows
 * about etcd, and a control plane whose members do not all show is counted as if they were there and down.
 */
export function etcdObjection({ nodes, pods }: ClusterReading, down: readonly string[]): Sentence | undefined {
  const controlPlane = nodes.filter((node) => node.controlPlane);
  const going = controlPlane.filter(({ name }) => down.includes(name)).map(({ name }) => name);
  if (going.length === 0) return undefined;
  if (going.length > 1) return { key: 'etcd.together', params: { nodes: going.join(', ') } };
  const ready = new Set(controlPlane.filter((node) => node.ready).map(({ name }) => name));
  const members = pods.filter(
    (pod) =>
      pod.namespace === 'kube-system' &&
      pod.mirror &&
      pod.labels['component'] === 'etcd' &&
      controlPlane.some(({ name }) => name === pod.node),
  );
  if (members.length === 0) return { key: 'etcd.unseen' };
  const count = Math.max(members.length, controlPlane.length);
  const left = members.filter((pod) => pod.ready && ready.has(pod.node) && !down.includes(pod.node)).length;
  const needed = Math.floor(count / 2) + 1;
  return left >= needed ? undefined : { key: 'etcd.quorum', params: { left, members: count, needs: needed } };
}
