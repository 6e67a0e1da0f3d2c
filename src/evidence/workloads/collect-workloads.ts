import { listPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import type { Limiter } from '../../transport/limiter.ts';
import type { Observed } from '../evidence.ts';
import { seeing } from '../unknown.ts';
import { findCustomResources, type CustomResource } from './custom-resources.ts';
import { projectCustom, projectWorkload } from './project-workload.ts';
import type { Workload, WorkloadFacts, WorkloadResource } from './workload.ts';

/** What makes pods, of Kubernetes itself: `nodemend-read` may list these and no other. */
export const workloadKinds: readonly CustomResource[] = [
  { group: '', version: 'v1', resource: 'podtemplates', kind: 'PodTemplate' },
  { group: '', version: 'v1', resource: 'replicationcontrollers', kind: 'ReplicationController' },
  { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet' },
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' },
  { group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet' },
  { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet' },
  { group: 'batch', version: 'v1', resource: 'cronjobs', kind: 'CronJob' },
  { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job' },
];

export interface WorkloadRequest {
  /** `--custom-resources`. */
  readonly custom: boolean;
  /**
   * Undefined for all. Custom resources are listed whole: there is no other list of those without a namespace.
   */
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
  /** Of lists of a cluster at once. */
  readonly limiter: Limiter;
}

/** Everything that makes pods, projected while it arrives; what may not be listed is unknown by itself. */
export async function collectWorkloads(
  api: KubernetesApi,
  { custom, namespace, signal, limiter }: WorkloadRequest,
): Promise<WorkloadFacts> {
  const builtIn = Promise.all(
    workloadKinds.map((one) =>
      limiter.run(() =>
        listResource(api, one, { project: (raw) => projectWorkload(raw, one.kind), namespace, signal }),
      ),
    ),
  );
  const others: Promise<Observed<readonly WorkloadResource[]>> = custom
    ? seeing(() => listCustom(api, limiter, signal))
    : Promise.resolve({ state: 'not-looked-at', enable: '--custom-resources' });
  return { builtIn: await builtIn, custom: await others };
}

async function listCustom(
  api: KubernetesApi,
  limiter: Limiter,
  signal: AbortSignal,
): Promise<readonly WorkloadResource[]> {
  const { found, closed } = await findCustomResources(api, signal);
  const listed = await Promise.all(
    found.map((one) => limiter.run(() => listResource(api, one, { project: projectCustom, signal }))),
  );
  // Most kinds make no pods: what was seen to have nothing to do with them is not kept.
  const kept = listed.filter(({ objects }) => objects.state !== 'seen' || objects.value.length > 0);
  return [
    ...kept,
    ...closed.map(({ group, version, why }) => ({ group, version, resource: '*', kind: '', objects: why })),
  ];
}

interface Listing {
  readonly namespace?: string | undefined;
  readonly project: (raw: JsonObject) => Workload | undefined;
  readonly signal: AbortSignal;
}

async function listResource(
  api: KubernetesApi,
  resource: CustomResource,
  { project, namespace, signal }: Listing,
): Promise<WorkloadResource> {
  const { group, version, resource: plural } = resource;
  const objects = await seeing(async () => {
    const listed = await api.list(listPath({ group, version, resource: plural }, namespace), { project, signal });
    return listed.filter((workload) => workload !== undefined).toSorted(byPlace);
  });
  return { ...resource, objects };
}

function byPlace(a: Workload, b: Workload): number {
  const [left, right] = [`${a.namespace}\n${a.name}`, `${b.namespace}\n${b.name}`];
  return left < right ? -1 : Number(left > right);
}
