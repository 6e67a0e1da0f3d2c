import { datastoreOf, type FelixSources } from '../../calico/felix-settings.ts';
import { calicoNamespaces, calicoNode } from '../../calico/udp-variables.ts';
import type { CalicoFacts, CalicoNodeTemplate } from '../../evidence/calico/calico-facts.ts';
import type { Evidence, Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { PodFacts } from '../../evidence/pod-facts.ts';
import type { WorkloadFacts } from '../../evidence/workloads/workload.ts';
import type { Finding, Subject } from '../problem.ts';
import { workloadTree, type PlacedWorkload } from '../kit/workload-tree.ts';
import { findings } from './rules.ts';

/** Calico as the evidence has it. */
export interface Calico {
  /** Its DaemonSet. */
  readonly node: PlacedWorkload;
  readonly sources: FelixSources;
  readonly datastore: 'etcd' | 'api' | undefined;
  /** Undefined where it runs without. */
  readonly controllers: Observed<PlacedWorkload | undefined>;
  readonly pods: Observed<PodFacts>;
  readonly nodeEvents: CalicoFacts['nodeEvents'];
}

type Unobserved = Exclude<Observed<never>, { readonly state: 'seen' }>;

/** What belongs to Calico, and was not looked at, is not known either. */
export function reasonOf(one: Unobserved): UnknownReason {
  return one.state === 'unknown' ? one.reason : 'unproven';
}

const notAsked = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

/** Undefined where the cluster has no Calico; of one namespace alone nothing is known of it. */
export function calicoOf({ cluster, scope }: Evidence): Observed<Calico | undefined> {
  if (cluster.state !== 'seen') return cluster;
  const { workloads, pods, calico } = cluster.value;
  if (workloads === undefined || pods === undefined || calico === undefined || scope.namespace !== undefined)
    return notAsked;
  const node = findWorkload(workloads, 'DaemonSet', calicoNode);
  if (node.state !== 'seen') return node;
  if (node.value === undefined) return { state: 'seen', value: undefined };
  const template = node.value.workload.calicoNode;
  if (template === undefined)
    return { state: 'unknown', reason: 'malformed', detail: `no container ${calicoNode} in the DaemonSet` };
  const sources = sourcesOf(node.value, template, calico);
  return {
    state: 'seen',
    value: {
      node: node.value,
      sources,
      datastore: datastoreOf(sources),
      controllers: findWorkload(workloads, 'Deployment', 'calico-kube-controllers'),
      pods,
      nodeEvents: calico.nodeEvents,
    },
  };
}

function sourcesOf(
  { workload: { namespace } }: PlacedWorkload,
  template: CalicoNodeTemplate,
  { felix, endpoint }: CalicoFacts,
): FelixSources {
  return { namespace, template, felix, endpoint };
}

/** One of Calico's own, by its name in the places where Calico is put; unknown where that kind could not be listed. */
function findWorkload(
  workloads: WorkloadFacts,
  kind: 'DaemonSet' | 'Deployment',
  name: string,
): Observed<PlacedWorkload | undefined> {
  const resource = workloads.builtIn.find((one) => one.kind === kind);
  if (resource === undefined) return notAsked;
  if (resource.objects.state !== 'seen') return resource.objects;
  const value = workloadTree(workloads).all.find(
    (one) => one.kind === kind && one.workload.name === name && calicoNamespaces.includes(one.workload.namespace),
  );
  return { state: 'seen', value };
}

/** Of its containers the one whose image has its release: Calico calls it like the workload. */
export function imageOf({ workload: { images, name } }: PlacedWorkload): string {
  return images.find(({ role, container }) => role === 'container' && container === name)?.image ?? '';
}

export function subjectOf({ kind, workload: { namespace, name } }: PlacedWorkload): Subject {
  return { kind: 'workload', namespace, name: `${kind}/${name}` };
}

/** Of a part whose image does not tell its release. */
export function releaseUnknown(part: PlacedWorkload, evidence: readonly string[]): Finding {
  const params = { image: imageOf(part), namespace: part.workload.namespace };
  return findings.unknown(
    { rule: 'release-unknown', why: 'image', subject: subjectOf(part), params, evidence },
    'unproven',
  );
}
