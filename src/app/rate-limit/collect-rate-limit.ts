import { collectCluster } from '../../evidence/collect-cluster.ts';
import { collectEvidence } from '../../evidence/collect.ts';
import type { ClusterEvidence } from '../../evidence/evidence.ts';
import { askFromNodes } from '../../evidence/rate-limit/ask-nodes.ts';
import { askQuota } from '../../evidence/rate-limit/ask-quota.ts';
import { readNodeImages } from '../../evidence/rate-limit/node-images.ts';
import { readPodTemplate } from '../../evidence/rate-limit/pod-template.ts';
import type { RateLimitEvidence, RolloutEvidence, ObservedQuota } from '../../evidence/rate-limit/rate-limit.ts';
import type { Rollout } from '../../evidence/rate-limit/rollout.ts';
import type { SecretName } from '../../evidence/rate-limit/secret-name.ts';
import { readPulls } from '../../evidence/rate-limit/observed-pulls.ts';
import { seeing } from '../../evidence/unknown.ts';
import type { RateLimitedEvidence } from '../../engine/rate-limit/conclude.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import { formatReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import { withOpened, type OpenedSession } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { FoundNodes, Session } from '../session/session.ts';
import { version } from '../version.ts';
import { askWithLogins, type LoginApproval } from './ask-with-logins.ts';

export interface AskedRollouts {
  readonly namespace: string;
  readonly rollouts: readonly Rollout[];
}

export interface RateLimitRequest extends LoginApproval {
  readonly session: Session;
  readonly image: ImageReference;
  readonly plainHttp: ReadonlySet<string>;
  readonly rollouts: AskedRollouts | undefined;
  readonly countPulls: boolean;
}

/** Asks all that was asked for. @throws NodemendError of the session, API_…, APPROVAL_… */
export async function collectRateLimit(request: RateLimitRequest, ports: Ports): Promise<RateLimitedEvidence> {
  const { session, rollouts, countPulls } = request;
  const here = await askFromHere(request, ports);
  const needsCluster =
    session.via !== undefined || session.secretNamespaces.length > 0 || rollouts !== undefined || countPulls;
  if (!needsCluster) return asEvidence({ request, quotas: [here], nodes: [], cluster: undefined }, ports);
  return withOpened(session, (opened) => askThrough({ request, here, opened }, ports));
}

interface Asked extends Omit<RateLimitEvidence, 'image'> {
  readonly request: RateLimitRequest;
  readonly nodes: FoundNodes['nodes'];
  readonly cluster: ClusterEvidence | undefined;
}

async function asEvidence(
  { request: { image, session }, nodes, cluster, ...rateLimit }: Asked,
  { now }: Ports,
): Promise<RateLimitedEvidence> {
  const evidence = await collectEvidence({ version, problems: [], nodes, cluster, now: now(), access: undefined });
  const { scope } = evidence;
  return {
    ...evidence,
    scope: { ...scope, via: session.via ?? 'none' },
    rateLimit: { image: formatReference(image), ...rateLimit },
  };
}

async function askFromHere(
  { image, plainHttp }: RateLimitRequest,
  { environment, interrupt }: Ports,
): Promise<ObservedQuota> {
  const client = createRegistryClient({ environment, plainHttp });
  try {
    return { answer: await askQuota(client, image, interrupt) };
  } finally {
    await client.close();
  }
}

interface Asking {
  readonly request: RateLimitRequest;
  readonly here: ObservedQuota;
  readonly opened: OpenedSession;
}

async function askThrough({ request, here, opened }: Asking, ports: Ports): Promise<RateLimitedEvidence> {
  const { quotas, ...told } = opened.api ? await askCluster(request, opened.api, ports) : nothingAsked;
  const { nodes, quotas: there } = await askThere(request, opened, ports);
  return asEvidence({ request, nodes, ...told, quotas: [here, ...quotas, ...there] }, ports);
}

type AskedOfCluster = Omit<Asked, 'request' | 'nodes'>;

const nothingAsked: AskedOfCluster = { quotas: [], cluster: undefined };

/** Templates come first: they may name pull secrets that no pod has yet. */
async function askCluster(request: RateLimitRequest, api: KubernetesApi, ports: Ports): Promise<AskedOfCluster> {
  const { image, session, countPulls } = request;
  const { interrupt } = ports;
  const rollouts = request.rollouts && (await readRollouts(request.rollouts, { api, image, signal: interrupt }));
  const namespaces = session.secretNamespaces;
  const { quotas, pullSecrets } =
    namespaces.length > 0
      ? await askWithLogins({ ...request, api, namespaces, more: namedSecrets(rollouts) }, ports)
      : { quotas: [], pullSecrets: undefined };
  const pulls = countPulls ? await seeing(() => readPulls(api, image.registry, interrupt)) : undefined;
  const cluster = await collectCluster(api, interrupt);
  return {
    quotas,
    cluster: pullSecrets ? { ...cluster, pullSecrets: { state: 'seen', value: pullSecrets } } : cluster,
    ...(pulls ? { pulls } : {}),
    ...(rollouts ? { rollouts } : {}),
  };
}

interface RegistryQuestion {
  readonly api: KubernetesApi;
  readonly image: ImageReference;
  readonly signal: AbortSignal;
}

async function readRollouts(
  { namespace, rollouts }: AskedRollouts,
  { api, image: { registry }, signal }: RegistryQuestion,
): Promise<RolloutEvidence> {
  const asked = await Promise.all(
    rollouts.map(async (rollout) => ({
      rollout,
      template: await seeing(() => readPodTemplate(api, { namespace, rollout, registry, signal })),
    })),
  );
  return { namespace, nodes: await seeing(() => readNodeImages(api, registry, { signal })), asked };
}

function namedSecrets(rollouts: RolloutEvidence | undefined): readonly SecretName[] {
  const { namespace, asked } = rollouts ?? { namespace: '', asked: [] };
  const names = asked.flatMap(({ template }) => (template.state === 'seen' ? template.value.pullSecrets : []));
  return names.map((secret) => ({ namespace, secret }));
}

interface AskedThere {
  readonly nodes: FoundNodes['nodes'];
  readonly quotas: readonly ObservedQuota[];
}

/** Nodes may leave the network by other addresses than this machine. */
async function askThere(
  { session, image, plainHttp }: RateLimitRequest,
  { api, transport }: OpenedSession,
  { watchNodes, interrupt: signal }: Ports,
): Promise<AskedThere> {
  if (!transport) return { nodes: [], quotas: [] };
  const { nodes, targets } = await session.findNodes(api, signal);
  const progress = await watchNodes(session.texts);
  const { report: onProgress } = progress;
  try {
    return { nodes, quotas: await askFromNodes({ image, plainHttp, transport, targets, signal, onProgress }) };
  } finally {
    progress.stop();
  }
}
