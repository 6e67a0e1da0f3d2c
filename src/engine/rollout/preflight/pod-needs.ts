import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import { readLabelSelector, type LabelRequirement } from '../../../kubernetes/label-selector.ts';
import { readNodeSelector, type NodeSelector } from './node-selector.ts';
import { podRequests, type Resources } from './pod-requests.ts';
import { readToleration, type Toleration } from './taints.ts';

/** What a pod asks of the node that it is put on. */
export interface PodNeeds {
  readonly requests: Resources;
  readonly where: NodeConstraints;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  /** Only those that forbid (`DoNotSchedule`). */
  readonly spread: readonly SpreadConstraint[];
  /** Names of claims in the pod's namespace. */
  readonly claims: readonly string[];
  readonly priority: number;
  /** Whether it may take the place of pods of a lower priority. */
  readonly preempts: boolean;
  /** What the scheduler looks at, and this does not: where it is not empty, no answer is certain. */
  readonly undecided: readonly string[];
}

/** What is asked of a node whatever else is on it. */
export interface NodeConstraints {
  /** The same text for pods of the same constraints. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly affinity: NodeSelector | undefined;
  readonly tolerations: readonly Toleration[];
}

export interface HostPort {
  readonly port: number;
  readonly protocol: string;
  /** `0.0.0.0` for all addresses. */
  readonly ip: string;
}

/** A required term of pod affinity or anti-affinity. */
export interface AffinityTerm {
  readonly selector: readonly LabelRequirement[] | undefined;
  readonly topologyKey: string;
  readonly namespaces: readonly string[];
}

export interface SpreadConstraint {
  readonly selector: readonly LabelRequirement[] | undefined;
  readonly topologyKey: string;
  readonly maxSkew: number;
}

/** @param name of the pod: claims of its ephemeral volumes are called after it */
export function readPodNeeds(spec: JsonObject, { namespace, name }: { namespace: string; name: string }): PodNeeds {
  const affinity = object(spec['affinity']);
  const terms = (kind: string): readonly JsonObject[] =>
    objects(object(affinity[kind])['requiredDuringSchedulingIgnoredDuringExecution']);
  const [near, apart] = [terms('podAffinity'), terms('podAntiAffinity')];
  const spread = objects(spec['topologySpreadConstraints']).filter(
    (constraint) => constraint['whenUnsatisfiable'] === 'DoNotSchedule',
  );
  return {
    requests: podRequests(spec),
    where: readNodeConstraints(spec, object(affinity['nodeAffinity'])),
    hostPorts: readHostPorts(spec),
    affinity: near.map((term) => readTerm(term, namespace)),
    antiAffinity: apart.map((term) => readTerm(term, namespace)),
    spread: spread.map(({ labelSelector, topologyKey, maxSkew }) => ({
      selector: readLabelSelector(labelSelector),
      topologyKey: text(topologyKey),
      maxSkew: typeof maxSkew === 'number' ? maxSkew : 1,
    })),
    claims: objects(spec['volumes']).flatMap((volume) => claimOf(volume, name)),
    priority: typeof spec['priority'] === 'number' ? spec['priority'] : 0,
    preempts: spec['preemptionPolicy'] !== 'Never',
    undecided: undecidedOf(spec, [...near, ...apart], spread),
  };
}

function readNodeConstraints(spec: JsonObject, nodeAffinity: JsonObject): NodeConstraints {
  const required = nodeAffinity['requiredDuringSchedulingIgnoredDuringExecution'];
  const { nodeSelector, tolerations } = spec;
  return {
    key: JSON.stringify([nodeSelector, required, tolerations]),
    labels: texts(nodeSelector),
    affinity: readNodeSelector(required),
    tolerations: objects(tolerations).map(readToleration),
  };
}

function readHostPorts(spec: JsonObject): readonly HostPort[] {
  // A sidecar's ports are the pod's; an init container's are gone when it runs, and the scheduler does not count them.
  const sidecars = objects(spec['initContainers']).filter((container) => container['restartPolicy'] === 'Always');
  return [...objects(spec['containers']), ...sidecars]
    .flatMap((container) => objects(container['ports']))
    .flatMap(({ hostPort, protocol, hostIP }) =>
      typeof hostPort === 'number' && hostPort > 0
        ? [{ port: hostPort, protocol: text(protocol) || 'TCP', ip: text(hostIP) || '0.0.0.0' }]
        : [],
    );
}

function readTerm({ labelSelector, topologyKey, namespaces }: JsonObject, own: string): AffinityTerm {
  const named = Array.isArray(namespaces) ? namespaces.map(text) : [];
  return {
    selector: readLabelSelector(labelSelector),
    topologyKey: text(topologyKey),
    namespaces: named.length === 0 ? [own] : named,
  };
}

function claimOf(volume: JsonObject, pod: string): readonly string[] {
  if (volume['ephemeral'] !== undefined) return [`${pod}-${text(volume['name'])}`];
  const claim = text(object(volume['persistentVolumeClaim'])['claimName']);
  return claim === '' ? [] : [claim];
}

function undecidedOf(
  spec: JsonObject,
  affinityTerms: readonly JsonObject[],
  spread: readonly JsonObject[],
): readonly string[] {
  const scheduler = text(spec['schedulerName']) || 'default-scheduler';
  const own = (terms: readonly JsonObject[], field: string): boolean =>
    terms.some((term) => term[field] !== undefined && term[field] !== null);
  return [
    ...(scheduler === 'default-scheduler' ? [] : [`schedulerName ${scheduler}`]),
    ...(objects(spec['resourceClaims']).length > 0 ? ['resourceClaims'] : []),
    ...(own(affinityTerms, 'namespaceSelector') ? ['namespaceSelector of an affinity term'] : []),
    ...(own(affinityTerms, 'matchLabelKeys') || own(affinityTerms, 'mismatchLabelKeys')
      ? ['matchLabelKeys of an affinity term']
      : []),
    // With these the domains that are counted are others.
    ...['minDomains', 'matchLabelKeys', 'nodeAffinityPolicy', 'nodeTaintsPolicy'].flatMap((field) =>
      own(spread, field) ? [`${field} of a topology spread constraint`] : [],
    ),
  ];
}
