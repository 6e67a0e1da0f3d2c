import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import { object, objects, text, texts } from '../../kubernetes/json-fields.ts';
import { formatReference, isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import type { Rollout } from './rollout.ts';

export interface TemplateImage {
  /** With everything that is implied written out. */
  readonly image: string;
  readonly policy: 'Always' | 'IfNotPresent';
}

export interface Toleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
}

/** What decides how many pulls the pods of a workload cost. */
export interface PodTemplate {
  /** Of the registry that is looked at, each once; those that are never pulled are left out. */
  readonly images: readonly TemplateImage[];
  readonly replicas: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly serviceAccount: string;
  readonly pullSecrets: readonly string[];
}

export interface TemplateQuestion {
  readonly namespace: string;
  readonly rollout: Pick<Rollout, 'kind' | 'name'>;
  readonly registry: string;
  readonly signal: AbortSignal;
}

/**
 * A workload's template as it is in the cluster now; found by its name in a list, which needs no other permission than
 * diagnosing does.
 * @throws NodemendError WORKLOAD_MISSING, API_…; the signal's reason
 */
export async function readPodTemplate(
  api: KubernetesApi,
  { namespace, rollout: { kind, name }, registry, signal }: TemplateQuestion,
): Promise<PodTemplate> {
  const path = apiPath({ group: 'apps', version: 'v1', namespace, resource: `${kind}s` });
  const [found] = await api.list(path, {
    fieldSelector: `metadata.name=${name}`,
    project: (raw) => projectTemplate(raw, registry),
    signal,
  });
  if (found) return found;
  throw new NodemendError('WORKLOAD_MISSING', { workload: `${kind}/${name}`, namespace });
}

/** Of apps/v1; the API server has written out the defaults. */
export function projectTemplate(raw: JsonObject, registry: string): PodTemplate {
  const spec = object(raw['spec']);
  const pod = object(object(spec['template'])['spec']);
  const { replicas } = spec;
  return {
    images: imagesOf(pod, registry),
    replicas: typeof replicas === 'number' ? replicas : 1,
    nodeSelector: texts(pod['nodeSelector']),
    tolerations: objects(pod['tolerations']).map(({ key, operator, value, effect }) => ({
      key: text(key),
      operator: text(operator) || 'Equal',
      value: text(value),
      effect: text(effect),
    })),
    serviceAccount: text(pod['serviceAccountName']) || 'default',
    pullSecrets: objects(pod['imagePullSecrets']).flatMap(({ name }) => text(name) || []),
  };
}

/** Containers of both kinds, and volumes that are images (1.31 on). */
function imagesOf(pod: JsonObject, registry: string): readonly TemplateImage[] {
  const containers = [...objects(pod['initContainers']), ...objects(pod['containers'])].map(
    ({ image, imagePullPolicy }) => ({ image, policy: imagePullPolicy }),
  );
  const volumes = objects(pod['volumes']).map(({ image }) => ({
    image: object(image)['reference'],
    policy: object(image)['pullPolicy'],
  }));
  const found = new Map<string, TemplateImage>();
  for (const { image: written, policy } of [...containers, ...volumes]) {
    const reference = parseReference(text(written));
    if (policy === 'Never' || text(written) === '' || isInvalid(reference) || reference.registry !== registry) continue;
    const image = formatReference(reference);
    // One container that always checks is enough.
    const always = policy === 'Always' || found.get(image)?.policy === 'Always';
    found.set(image, { image, policy: always ? 'Always' : 'IfNotPresent' });
  }
  return [...found.values()];
}
