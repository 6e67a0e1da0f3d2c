import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import type { ImageUse, PodFacts, WaitingContainer } from '../../../evidence/pod-facts.ts';
import type { Upkeep } from '../../../evidence/workloads/upkeep.ts';
import type {
  TemplateImage,
  Workload,
  WorkloadFacts,
  WorkloadOwner,
  WorkloadResource,
} from '../../../evidence/workloads/workload.ts';

/** Evidence of what makes pods, put together by hand for tests. */
const resources = {
  PodTemplate: ['', 'v1', 'podtemplates', '/template/spec'],
  ReplicationController: ['', 'v1', 'replicationcontrollers', '/spec/template/spec'],
  DaemonSet: ['apps', 'v1', 'daemonsets', '/spec/template/spec'],
  Deployment: ['apps', 'v1', 'deployments', '/spec/template/spec'],
  ReplicaSet: ['apps', 'v1', 'replicasets', '/spec/template/spec'],
  StatefulSet: ['apps', 'v1', 'statefulsets', '/spec/template/spec'],
  CronJob: ['batch', 'v1', 'cronjobs', '/spec/jobTemplate/spec/template/spec'],
  Job: ['batch', 'v1', 'jobs', '/spec/template/spec'],
  Rollout: ['argoproj.io', 'v1alpha1', 'rollouts', '/spec/template/spec'],
  Platform: ['example.test', 'v1', 'platforms', '/spec/template/spec'],
} as const;

/** By hand, with kubectl alone, as NKS puts what is the cluster's network. */
export const byKubectl: Upkeep = {
  writers: [{ manager: 'kubectl-client-side-apply', operation: 'Update' }],
  marks: [],
};

export type Kind = keyof typeof resources;

export interface Made extends Partial<Omit<Workload, 'images' | 'owner'>> {
  readonly kind: Kind;
  readonly images?: readonly string[];
  readonly init?: readonly string[];
  readonly fields?: readonly string[];
  /** `Deployment/web`. */
  readonly owner?: string;
}

const customKinds: ReadonlySet<Kind> = new Set(['Rollout', 'Platform']);

function apiVersionOf(kind: string): string {
  const [group, version] = Object.hasOwn(resources, kind)
    ? resources[kind as Kind]
    : kind === 'Pod'
      ? ['', 'v1']
      : ['example.test', 'v1'];
  return group === '' ? version : `${group}/${version}`;
}

function ownerOf(text: string): Omit<WorkloadOwner, 'uid'> {
  const [kind = '', name = ''] = text.split('/');
  return { apiVersion: apiVersionOf(kind), kind, name };
}

function workloadOf({ kind, images = [], init = [], fields = [], owner, name = 'web', ...rest }: Made): Workload {
  const at = resources[kind][3];
  const containers = images.map((image, index): TemplateImage => ({
    pointer: `${at}/containers/${index}/image`,
    image,
    role: 'container',
    container: `c${index}`,
  }));
  const before = init.map((image, index): TemplateImage => ({
    pointer: `${at}/initContainers/${index}/image`,
    image,
    role: 'init',
    container: `i${index}`,
  }));
  const others = fields.map((image, index): TemplateImage => ({
    pointer: `/spec/field${index}`,
    image,
    role: 'field',
    container: `field${index}`,
  }));
  return {
    namespace: 'shop',
    name,
    uid: `uid-${kind}-${name}`,
    ...(owner === undefined ? {} : { owner: { ...ownerOf(owner), uid: `uid-${owner.replace('/', '-')}` } }),
    images: [...before, ...containers, ...others],
    ...rest,
  };
}

/** Custom resources are looked at when there are any. */
export function workloadFacts(made: readonly Made[], unlisted: readonly Kind[] = []): WorkloadFacts {
  const kinds = Object.keys(resources) as Kind[];
  const all = kinds.map((kind): WorkloadResource => {
    const [group, version, resource] = resources[kind];
    const value = made.filter((one) => one.kind === kind).map(workloadOf);
    return {
      group,
      version,
      resource,
      kind,
      objects: unlisted.includes(kind)
        ? { state: 'unknown', reason: 'forbidden', detail: `may not list ${resource}` }
        : { state: 'seen', value },
    };
  });
  const isCustom = ({ kind }: WorkloadResource): boolean => customKinds.has(kind as Kind);
  return {
    builtIn: all.filter((one) => !isCustom(one)),
    custom: made.some(({ kind }) => customKinds.has(kind))
      ? { state: 'seen', value: all.filter(isCustom) }
      : { state: 'not-looked-at', enable: '--custom-resources' },
  };
}

export interface MadePods {
  /** `ReplicaSet/web-1`, or `Pod/debug`. */
  readonly owner: string;
  readonly image: string;
  readonly pods?: number;
  readonly waiting?: number;
  readonly role?: ImageUse['role'];
  readonly namespace?: string;
  readonly static?: true;
  readonly pullSecrets?: readonly string[];
}

export function podFacts(made: readonly MadePods[]): PodFacts {
  const uses = made.map(
    ({ owner, image, pods = 1, role = 'container', namespace = 'shop', pullSecrets = [], ...rest }): ImageUse => ({
      namespace,
      owner: ownerOf(owner),
      container: 'c0',
      role,
      image,
      serviceAccount: 'default',
      pullSecrets,
      pods,
      ...(rest.static ? { static: true } : {}),
    }),
  );
  const waiting = made
    .filter((one) => one.waiting !== undefined)
    .map(({ owner, image, waiting: pods = 0, namespace = 'shop' }): WaitingContainer => ({
      namespace,
      owner: ownerOf(owner),
      container: 'c0',
      image,
      reason: 'ImagePullBackOff',
      message: '',
      pods,
      samples: [],
      nodes: ['worker-0'],
      since: '2026-11-26T00:00:00Z',
    }));
  return { pods: uses.length, uses, waiting };
}

export function evidenceOf(
  workloads: WorkloadFacts,
  pods: PodFacts = podFacts([]),
  more: Partial<ClusterEvidence> = {},
): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-26T00:00:00Z',
    collector: { version: '0.0.0' },
    scope: { via: 'none', targets: 'cluster', problems: ['image-pull'] },
    cluster: {
      state: 'seen',
      value: {
        uid: { state: 'seen', value: 'c1' },
        context: 'test',
        server: 'https://127.0.0.1',
        version: { state: 'seen', value: 'v1.34.0' },
        pods: { state: 'seen', value: pods },
        events: { state: 'seen', value: [] },
        workloads,
        ...more,
      },
    },
    nodes: [
      {
        name: 'worker-0',
        address: '10.0.0.1',
        api: { state: 'not-looked-at', enable: '--kubeconfig' },
        access: { state: 'not-looked-at', enable: '--via ssh' },
        sections: {},
      },
    ],
  };
}
