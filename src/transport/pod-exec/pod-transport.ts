import type { Transport } from '../transport.ts';
import { NodePods } from './node-pods.ts';
import { podConnection } from './pod-connection.ts';
import type { PodSettings } from './pod-settings.ts';

/** A privileged pod on each node, and commands in it through the API server: for nodes that nobody can log in to. */
export function createPodTransport(settings: PodSettings): Transport {
  const pods = new NodePods(settings);
  return {
    kind: 'pod',
    connect: async ({ name }, signal) => podConnection(settings.api, await pods.lend(name, signal)),
    isOwnJob: (namespace, name) => namespace === settings.namespace && pods.hasMade(name),
    close: () => pods.close(),
  };
}
