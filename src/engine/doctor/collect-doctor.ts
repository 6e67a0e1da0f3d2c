import { collectCluster } from '../../evidence/collect-cluster.ts';
import { collectEvidence, type AskedNode } from '../../evidence/collect.ts';
import type { NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { seeing, unknownOf } from '../../evidence/unknown.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { Fact } from '../../evidence/fact.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { NodeTarget, Transport } from '../../transport/transport.ts';
import type { ApiReport, DoctorReport, GroupReport } from './judge.ts';
import { podImages } from './pod-images.ts';
import { leaseNamespaceAccess, requiredAccess } from './required-access.ts';
import { ungrouped } from './row.ts';

export interface DoctorRequest {
  /** Undefined with a hosts file. A kubeconfig that cannot be used is a finding of doctor's, not the end of it. */
  readonly api: KubernetesApi | NodemendError | undefined;
  readonly leaseNamespace: string;
  /** Undefined when nobody asked for pods. */
  readonly podNamespace?: string | undefined;
  readonly findNodes: () => Promise<{ readonly nodes: readonly AskedNode[]; readonly targets: readonly NodeTarget[] }>;
  /** Undefined when nobody asked to go onto nodes. */
  readonly transport: Transport | undefined;
  /** Of nodemend's pods, and what tells whether nodes have it; undefined where no image is configured for them. */
  readonly podImage?: { readonly name: string; readonly facts: readonly Fact[] } | undefined;
  readonly version: string;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Asks everything doctor wants to know, one thing not stopping another. Only reads, and tries one node per group. */
export async function collectDoctor(request: DoctorRequest): Promise<DoctorReport> {
  const api = await observeApi(request);
  return { now: request.now, api, groups: await askNodes(request, api) };
}

async function observeApi(request: DoctorRequest): Promise<Observed<ApiReport>> {
  const { api } = request;
  if (api === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  if (api instanceof NodemendError) {
    return {
      state: 'unknown',
      reason: 'malformed',
      detail: api.message,
      error: { code: api.code, params: api.params },
    };
  }
  return seeing(() => askApi(api, request));
}

async function askApi(api: KubernetesApi, { leaseNamespace, podNamespace, signal }: DoctorRequest): Promise<ApiReport> {
  const cluster = await collectCluster(api, signal);
  // Who does not even get the version got nowhere: the error is the answer.
  if (cluster.version.state === 'unknown' && cluster.version.reason !== 'forbidden')
    await api.get('/version', () => undefined, signal);
  const user = await whoAmI(api, signal);
  const accesses = requiredAccess({ lease: leaseNamespace, pods: podNamespace });
  const access = await seeing(async () => {
    const allowed = await api.canI(accesses, signal);
    return accesses.map((one, index) => ({ access: one, allowed: allowed[index] ?? false }));
  });
  return {
    context: api.context,
    server: api.server,
    version: cluster.version,
    user,
    entry: api.user,
    certificateNotAfter: api.clientCertificateNotAfter,
    clockSkewMs: api.clockSkewMs(),
    access,
    leaseNamespace: { name: leaseNamespace, state: await namespaceState(api, leaseNamespace, { access, signal }) },
  };
}

/**
 * SelfSubjectReview is there since Kubernetes 1.28. The kubeconfig's own name for its user is not an answer: RBAC knows
 * the name that the certificate or the token stands for, which may be another.
 */
async function whoAmI(api: KubernetesApi, signal: AbortSignal): Promise<string | undefined> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    return await api.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', body, nestedName, signal);
  } catch (error) {
    if (isNodemendError(error)) return undefined;
    throw error;
  }
}

function nestedName(raw: unknown): string | undefined {
  const { status } = raw as { readonly status?: { readonly userInfo?: { readonly username?: string } } };
  return status?.userInfo?.username;
}

interface NamespaceQuestion {
  readonly access: ApiReport['access'];
  readonly signal: AbortSignal;
}

/** What is known to be refused is not asked for: a refusal is a line in somebody's audit log. */
async function namespaceState(
  api: KubernetesApi,
  name: string,
  { access, signal }: NamespaceQuestion,
): Promise<Observed<'exists' | 'missing'>> {
  const { resource, verb } = leaseNamespaceAccess(name);
  const refused =
    access.state === 'seen' &&
    access.value.some((one) => !one.allowed && one.access.resource === resource && one.access.name === name);
  if (refused) return { state: 'unknown', reason: 'forbidden', detail: `${verb} ${resource}` };
  try {
    return { state: 'seen', value: await api.get(`/api/v1/namespaces/${name}`, () => 'exists' as const, signal) };
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return { state: 'seen', value: 'missing' };
    return unknownOf(error);
  }
}

async function askNodes(request: DoctorRequest, api: Observed<ApiReport>): Promise<DoctorReport['groups']> {
  const { transport, podImage } = request;
  if (!transport) return { state: 'not-looked-at', enable: '--via ssh' };
  if (api.state === 'unknown') return api;
  return seeing(async () => {
    const { nodes, targets } = await request.findNodes();
    const samples = onePerGroup(nodes);
    const names = new Set(samples.map(({ node }) => node.name));
    const evidence = await collectEvidence({
      version: request.version,
      problems: [],
      ...(podImage === undefined ? {} : { neededImages: [podImage.name] }),
      nodes: samples.map(({ node }) => node),
      cluster: undefined,
      now: request.now,
      access: {
        transport,
        targets: targets.filter(({ name }) => names.has(name)),
        facts: podImage?.facts ?? [],
        signal: request.signal,
      },
    });
    const tried = new Map(evidence.nodes.map((node) => [node.name, node]));
    const reached = new Map(targets.map((target) => [target.name, target]));
    return samples.flatMap((sample): readonly GroupReport[] => {
      const { name } = sample.node;
      const node = tried.get(name);
      const images = podImage && node?.access.state === 'seen' ? { images: podImages(node, evidence) } : {};
      return groupReport(sample, node, reached.get(name)).map((report) => ({ ...report, ...images }));
    });
  });
}

interface Sample {
  readonly group: string;
  readonly count: number;
  readonly node: AskedNode;
}

/** A node that is Ready, where there is one: a node that is down says nothing about its group. */
function onePerGroup(nodes: readonly AskedNode[]): readonly Sample[] {
  return [...Map.groupBy(nodes, ({ group }) => group ?? ungrouped)].flatMap(([group, members]) => {
    const node = members.find(isReady) ?? members[0];
    return node ? [{ group, count: members.length, node }] : [];
  });
}

function isReady({ api }: AskedNode): boolean {
  return api?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function groupReport(
  { group, count }: Sample,
  tried: NodeEvidence | undefined,
  target: NodeTarget | undefined,
): readonly GroupReport[] {
  if (!tried || !target) return [];
  const bastion = target.bastion?.address;
  return [{ group, nodes: count, tried, user: target.user ?? '-', ...(bastion === undefined ? {} : { bastion }) }];
}
