import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterEvidence, Evidence } from './evidence.ts';
import { PodFold } from './fold-pods.ts';
import { inNamespace } from './in-namespace.ts';
import type { PodFacts } from './pod-facts.ts';
import type { ProjectedPod } from './project-pod.ts';

const images = fc
  .uniqueArray(fc.constantFrom('app', 'proxy', 'init'), { minLength: 1 })
  .map((containers) =>
    containers.map((container) => ({ container, role: 'container', image: `${container}:1` }) as const),
  );
const pod: fc.Arbitrary<ProjectedPod> = fc.record({
  namespace: fc.constantFrom('shop', 'team'),
  name: fc.constantFrom('a', 'b', 'c'),
  uid: fc.constantFrom('1', '2', '3'),
  node: fc.constantFrom('worker-1', 'worker-2'),
  createdAt: fc.constant('2026-11-30T00:00:00Z'),
  owner: fc.constantFrom(
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
    { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web' },
  ),
  isStatic: fc.constant(false),
  serviceAccount: fc.constantFrom('default', 'robot'),
  pullSecrets: fc.constant([]),
  images,
  waiting: fc.constantFrom([], [{ container: 'app', image: 'app:1', reason: 'ErrImagePull', message: 'no' }]),
});

function folded(pods: readonly ProjectedPod[]): PodFacts {
  const fold = new PodFold();
  for (const one of pods) fold.add(one);
  return fold.facts();
}

const seen = <T>(value: T): { readonly state: 'seen'; readonly value: T } => ({ state: 'seen', value });
const unknown = { state: 'unknown', reason: 'forbidden', detail: 'no' } as const;

function evidenceWith(cluster: Partial<ClusterEvidence>): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-30T00:00:00Z',
    collector: { version: '0.1.0' },
    scope: { via: 'none', targets: 'cluster', problems: [] },
    cluster: seen({ uid: seen('u'), context: 'c', server: 's', version: unknown, ...cluster }),
    nodes: [],
  };
}

function clusterIn(cluster: Partial<ClusterEvidence>): ClusterEvidence | undefined {
  const limited = inNamespace(evidenceWith(cluster), 'shop').cluster;
  return limited.state === 'seen' ? limited.value : undefined;
}

test('the pods of a namespace are those that a list of it alone would have had', () => {
  fc.assert(
    fc.property(fc.array(pod, { maxLength: 12 }), (pods) => {
      const alone = folded(pods.filter(({ namespace }) => namespace === 'shop'));
      const limited = clusterIn({ pods: seen(folded(pods)) })?.pods;

      expect(limited).toMatchObject(seen({ uses: alone.uses, waiting: alone.waiting }));
      // Of an owner whose pods have no container in common the number is the least that it can be.
      if (limited?.state === 'seen') expect(limited.value.pods).toBeLessThanOrEqual(alone.pods);
    }),
  );
});

test('events, Secrets and what makes pods go with it; what could not be seen stays unknown', () => {
  const of = (namespace: string) => ({ namespace }) as never;
  const both = [of('shop'), of('team')];
  const resource = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' };
  const limited = clusterIn({
    events: seen(both),
    pullSecrets: seen(both),
    workloads: {
      builtIn: [
        { ...resource, objects: seen(both) },
        { ...resource, objects: unknown },
      ],
      custom: unknown,
    },
  });

  expect(limited).toMatchObject({
    events: seen([of('shop')]),
    pullSecrets: seen([of('shop')]),
    workloads: { builtIn: [{ objects: seen([of('shop')]) }, { objects: unknown }], custom: unknown },
  });
  expect(clusterIn({ pods: unknown, events: unknown })).toMatchObject({ pods: unknown, events: unknown });
});
