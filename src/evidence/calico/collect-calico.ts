import { felixVariable } from '../../calico/felix-settings.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { apiPath, listPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { object, text, texts } from '../../kubernetes/json-fields.ts';
import type { Limiter } from '../../transport/limiter.ts';
import { seeing } from '../unknown.ts';
import type { CalicoFacts, FelixConfiguration, NodeIdentity } from './calico-facts.ts';

/** Where Calico keeps its configuration if the API server is its datastore (projectcalico.org, "Felix configuration"). */
export const felixResource = {
  group: 'crd.projectcalico.org',
  version: 'v1',
  resource: 'felixconfigurations',
} as const;

/** The only object whose variables Calico's own manifests (v3.16 and later, calico.yaml) hand to `calico-node` as a whole. */
export const endpointConfigMap = {
  group: '',
  version: 'v1',
  namespace: 'kube-system',
  resource: 'configmaps',
  name: 'kubernetes-services-endpoint',
} as const;

/** What of Calico is not in its workloads. */
export async function collectCalico(api: KubernetesApi, limiter: Limiter, signal: AbortSignal): Promise<CalicoFacts> {
  const [felix, endpoint, nodeEvents] = await Promise.all([
    limiter.run(() =>
      seeing(() => orAbsent(api.list(listPath(felixResource, undefined), { project: projectFelix, signal }))),
    ),
    limiter.run(() => seeing(() => orAbsent(api.get(apiPath(endpointConfigMap), projectEndpoint, signal)))),
    limiter.run(() => seeing(() => listNodeEvents(api, signal))),
  ]);
  return { felix: felix.state === 'seen' ? { ...felix, value: sorted(felix.value) } : felix, endpoint, nodeEvents };
}

async function orAbsent<T>(reading: Promise<T>): Promise<T | 'absent'> {
  try {
    return await reading;
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return 'absent';
    throw error;
  }
}

function sorted(all: readonly FelixConfiguration[] | 'absent'): readonly FelixConfiguration[] | 'absent' {
  return all === 'absent' ? all : all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function projectFelix(raw: JsonObject): FelixConfiguration {
  const spec = Object.entries(object(raw['spec'])).flatMap(([name, value]) =>
    name.startsWith('bpf') && (typeof value === 'string' || typeof value === 'boolean')
      ? [[name, String(value)] as const]
      : [],
  );
  return { name: text(object(raw['metadata'])['name']), settings: Object.fromEntries(spec) };
}

export function projectEndpoint(raw: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts(raw['data'])).filter(([name]) => felixVariable(name) !== undefined));
}

/** Kubelet names a node by its name where controllers give its UID (pkg/kubelet/kubelet.go, `nodeRef`). */
async function listNodeEvents(api: KubernetesApi, signal: AbortSignal): Promise<readonly NodeIdentity[]> {
  const listed = await api.list(listPath({ group: '', version: 'v1', resource: 'events' }, undefined), {
    fieldSelector: 'involvedObject.kind=Node',
    project: projectNodeEvent,
    signal,
  });
  const found = listed.filter((one) => one !== undefined);
  return [...new Map(found.map((one) => [`${one.name}\n${one.uid}`, one])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
}

export function projectNodeEvent(raw: JsonObject): NodeIdentity | undefined {
  const { name, uid } = object(raw['involvedObject']);
  const node = { name: text(name), uid: text(uid) };
  return node.uid === '' || node.uid === node.name ? undefined : node;
}
