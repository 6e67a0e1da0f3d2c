import type { Evidence } from '../../evidence/evidence.ts';
import { classify } from '../../messages/classify.ts';
import { registryOf } from '../../registry/reference/registry-of.ts';

const hub = 'docker.io';

const silent: ReadonlySet<string> = new Set(['dns', 'network-unreachable', 'tls']);

/**
 * Nodes whose pulls say that they do not reach Docker Hub, by the status of containers that wait, or by an event: kubelet
 * before 1.32 gives the cause there alone. Sorted.
 */
export function unreachedNodes({ cluster }: Evidence): readonly string[] {
  if (cluster.state !== 'seen') return [];
  const { pods, events } = cluster.value;
  const waiting = pods?.state === 'seen' ? pods.value.waiting : [];
  const said = events?.state === 'seen' ? events.value : [];
  const nodes = [
    ...waiting
      .filter(({ image, message, reason }) => registryOf(image) === hub && silent.has(classify({ message, reason })))
      .flatMap((one) => one.nodes),
    ...said
      .filter(({ message, reason }) => message.includes(`${hub}/`) && silent.has(classify({ message, reason })))
      .map(({ node }) => node),
  ];
  return [...new Set(nodes.filter((node) => node !== ''))].toSorted();
}
