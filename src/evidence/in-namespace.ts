import type { ClusterEvidence, Evidence, Observed } from './evidence.ts';
import type { ImageUse, PodFacts } from './pod-facts.ts';
import type { WorkloadResource } from './workloads/workload.ts';

/**
 * What is of one namespace, and everything that is of none: nodes, the cluster itself. What could not be seen stays
 * unknown.
 */
export function inNamespace(evidence: Evidence, namespace: string): Evidence {
  const { cluster } = evidence;
  return { ...evidence, cluster: mapped(cluster, (seen) => clusterIn(seen, namespace)) };
}

function clusterIn(cluster: ClusterEvidence, namespace: string): ClusterEvidence {
  const isIn = (one: { readonly namespace: string }): boolean => one.namespace === namespace;
  const { pods, events, pullSecrets, workloads, volumes } = cluster;
  const resources = (all: readonly WorkloadResource[]): readonly WorkloadResource[] =>
    all.map((one) => ({ ...one, objects: mapped(one.objects, (objects) => objects.filter(isIn)) }));
  return {
    ...cluster,
    ...(pods && { pods: mapped(pods, (facts) => podsIn(facts, isIn)) }),
    ...(events && { events: mapped(events, (all) => all.filter(isIn)) }),
    ...(pullSecrets && { pullSecrets: mapped(pullSecrets, (all) => all.filter(isIn)) }),
    ...(workloads && {
      workloads: { builtIn: resources(workloads.builtIn), custom: mapped(workloads.custom, resources) },
    }),
    ...(volumes && { volumes: { ...volumes, claims: mapped(volumes.claims, (all) => all.filter(isIn)) } }),
  };
}

/** Each pod is counted once with each of its containers: of an owner, the container that most have is in all of them. */
function podsIn(
  { uses, waiting, mounting }: PodFacts,
  isIn: (one: { readonly namespace: string }) => boolean,
): PodFacts {
  const own = uses.filter(isIn);
  const pods = [...Map.groupBy(own, ({ owner }) => JSON.stringify(owner)).values()].reduce(
    (sum, ones) => sum + Math.max(...countsByContainer(ones)),
    0,
  );
  return {
    pods,
    uses: own,
    waiting: waiting.filter(isIn),
    ...(mounting && { mounting: mounting.filter(isIn) }),
  };
}

function countsByContainer(uses: readonly ImageUse[]): readonly number[] {
  const byContainer = Map.groupBy(uses, ({ role, container }) => `${role} ${container}`);
  return [...byContainer.values()].map((ones) => ones.reduce((sum, { pods }) => sum + pods, 0));
}

function mapped<T>(observed: Observed<T>, change: (value: T) => T): Observed<T> {
  return observed.state === 'seen' ? { state: 'seen', value: change(observed.value) } : observed;
}
