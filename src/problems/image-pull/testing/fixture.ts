import { projectNode } from '../../../evidence/project-node.ts';
import type { ClusterEvidence, Evidence, Observed } from '../../../evidence/evidence.ts';
import { PodFold } from '../../../evidence/fold-pods.ts';
import { foldWarnings, projectWarning } from '../../../evidence/collect-events.ts';
import { projectPod } from '../../../evidence/project-pod.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';

/** A pod with one container, as far as it matters here. */
export interface FixturePod {
  readonly name: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly node?: string;
  /** Name of the ReplicaSet that made it. */
  readonly madeBy?: string;
  /** Why its container waits; it runs without. */
  readonly waits?: { readonly reason: string; readonly message?: string };
  readonly pullSecrets?: readonly string[];
}

/** A warning of kubelet about such a pod. */
export interface FixtureEvent {
  readonly about: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly reason: string;
  readonly message: string;
  readonly at?: string;
  readonly count?: number;
}

const at = '2026-11-26T00:00:00Z';

/** The object as the API server sends it. */
function podObject({
  name,
  namespace = 'shop',
  image = 'nginx:1',
  node = 'worker-1',
  madeBy,
  waits,
  pullSecrets = [],
}: FixturePod): JsonObject {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: madeBy ?? '',
    uid: `uid-${madeBy ?? ''}`,
    controller: true,
  };
  return {
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      creationTimestamp: at,
      ...(madeBy === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: {
      nodeName: node,
      serviceAccountName: 'default',
      containers: [{ name: 'app', image }],
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
    },
    status: {
      phase: waits ? 'Pending' : 'Running',
      containerStatuses: [
        {
          name: 'app',
          image,
          state: waits ? { waiting: waits as unknown as JsonObject } : { running: { startedAt: at } },
        },
      ],
    },
  };
}

function eventObject({
  about,
  namespace = 'shop',
  node = 'worker-1',
  reason,
  message,
  at: time = at,
  count = 1,
}: FixtureEvent): JsonObject {
  return {
    involvedObject: { kind: 'Pod', namespace, name: about, uid: `uid-${about}` },
    reason,
    message,
    source: { component: 'kubelet', host: node },
    count,
    lastTimestamp: time,
    type: 'Warning',
  };
}

/**
 * Evidence of a cluster with these pods and events, put together by the collector's own code; nothing of a node was
 * read.
 */
export function clusterWith(
  pods: readonly FixturePod[],
  events: readonly FixtureEvent[] = [],
  more: Partial<ClusterEvidence> = {},
): Evidence {
  const fold = new PodFold();
  for (const pod of pods) {
    const projected = projectPod(podObject(pod));
    if (projected) fold.add(projected);
  }
  const nodes = [...new Set(['worker-1', ...pods.map(({ node = 'worker-1' }) => node)])].toSorted();
  return evidenceOf(nodes, {
    state: 'seen',
    value: {
      uid: { state: 'seen', value: '00000000-0000-4000-8000-000000000000' },
      context: 'practice',
      server: 'https://api.example.test:6443',
      version: { state: 'seen', value: 'v1.30.0' },
      pods: { state: 'seen', value: fold.facts() },
      events: { state: 'seen', value: foldWarnings(events.map((event) => projectWarning(eventObject(event)))) },
      ...more,
    },
  });
}

/** Evidence without an API server. */
export const hostsOnly: Evidence = evidenceOf(['worker-1'], { state: 'not-looked-at', enable: '--kubeconfig' });

function evidenceOf(nodes: readonly string[], cluster: Observed<ClusterEvidence>): Evidence {
  const isCluster = cluster.state === 'seen';
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-26T00:10:00.000Z',
    collector: { version: '0.0.0' },
    scope: { via: 'none', targets: isCluster ? 'cluster' : 'hosts', problems: ['image-pull'] },
    cluster,
    nodes: nodes.map((name) => ({
      name,
      address: '192.0.2.1',
      api: isCluster
        ? { state: 'seen', value: projectNode({ metadata: { name, uid: `uid-${name}` } }).api }
        : { state: 'not-looked-at', enable: '--kubeconfig' },
      access: { state: 'not-looked-at', enable: '--via ssh' },
      sections: {},
    })),
  };
}
