import { loginFor, secretsOf } from '../../engine/rate-limit/login-of-pod.ts';
import type { FoundSecrets } from '../../engine/rate-limit/accounts/pull-secrets.ts';
import { addressChanges, type EarlierAddresses } from '../../engine/rate-limit/address-changes.ts';
import { askFromNodes } from '../../evidence/rate-limit/ask-nodes.ts';
import { groupPulls, type LoginOf } from '../../engine/rate-limit/group-pulls.ts';
import { readPulls } from '../../evidence/rate-limit/seen-pulls.ts';
import { askQuota, egressGroups, type AskedQuota, type EgressGroup } from '../../engine/rate-limit/quota.ts';
import { sharedAddresses } from '../../engine/rate-limit/shared-addresses.ts';
import { isNodemendError, type NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { detectPlatform } from '../../platforms/platform.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { withOpened, type OpenedSession } from '../../app/evidence/collect.ts';
import type { CommandContext } from '../command-context.ts';
import { nodeProgress } from '../render/node-progress.ts';
import type { FoundNodes } from '../../app/session/session.ts';
import type { CommandSession } from '../options/open-session.ts';
import { askWithLogins } from './ask-with-logins.ts';
import { answerWhatIfs, readTemplates, type AskedRollouts, type ReadTemplates } from './ask-rollouts.ts';
import { tiersFor, type MeasuredPulls, type RateLimitReport } from '../../engine/rate-limit/report.ts';

export interface RateLimitQuestion {
  readonly session: CommandSession;
  readonly image: ImageReference;
  readonly plainHttp: ReadonlySet<string>;
  readonly rollouts: AskedRollouts | undefined;
  readonly earlier: EarlierAddresses | undefined;
  readonly countPulls: boolean;
  /** Where logins go is approved already. */
  readonly yes: boolean;
  /** The command's words, to be typed again. */
  readonly command: readonly string[];
}

/** Asks all that was asked for. @throws NodemendError of the session, API_…, APPROVAL_… */
export async function gather(question: RateLimitQuestion, context: CommandContext): Promise<RateLimitReport> {
  const { session, rollouts, countPulls } = question;
  const here = await askFromHere(question, context);
  const needsCluster =
    session.via !== undefined || session.secretNamespaces.length > 0 || rollouts !== undefined || countPulls;
  if (needsCluster) return withOpened(session, (opened) => gatherThrough(question, here, opened, context));
  return {
    asked: [here],
    groups: egressGroups([here]),
    pulls: undefined,
    whatIfs: undefined,
    changes: undefined,
    shared: [],
    tiers: [],
    platform: 'generic',
  };
}

async function askFromHere(
  { image, plainHttp }: RateLimitQuestion,
  { environment, interrupt }: CommandContext,
): Promise<AskedQuota> {
  const client = createRegistryClient({ environment, plainHttp });
  try {
    return { node: undefined, quota: await askQuota(client, image, interrupt) };
  } finally {
    await client.close();
  }
}

async function gatherThrough(
  question: RateLimitQuestion,
  here: AskedQuota,
  opened: OpenedSession,
  context: CommandContext,
): Promise<RateLimitReport> {
  const { api } = opened;
  const { asked: withLogins, found, templates } = api ? await readCluster(question, api, context) : nothingRead;
  const { nodes, asked: there } = await askThere(question, opened, context);
  const asked = [here, ...withLogins, ...there];
  const groups = egressGroups(asked);
  const inCluster = { image: question.image, groups, found };
  const pulls = api && question.countPulls ? await measurePulls({ ...inCluster, api }, context) : undefined;
  return {
    asked,
    groups,
    pulls,
    whatIfs: api && templates ? await answerWhatIfs({ ...inCluster, api, templates }, context.interrupt) : undefined,
    changes: question.earlier && addressChanges(question.earlier, asked),
    shared: sharedAddresses(groups, nodeGroups(nodes)),
    tiers: tiersFor({ groups, pulls }, question.session.configuration.rateLimit?.tiers ?? []),
    platform: platformOf(api, nodes),
  };
}

interface ReadCluster {
  /** As the accounts of its pull secrets. */
  readonly asked: readonly AskedQuota[];
  readonly found: FoundSecrets | undefined;
  readonly templates: ReadTemplates | undefined;
}

const nothingRead: ReadCluster = { asked: [], found: undefined, templates: undefined };

/** Templates come first: they may name pull secrets that no pod has yet. */
async function readCluster(
  question: RateLimitQuestion,
  api: KubernetesApi,
  context: CommandContext,
): Promise<ReadCluster> {
  const {
    session: { secretNamespaces: namespaces, texts },
    rollouts,
    image,
  } = question;
  const templates = rollouts && (await readTemplates(api, rollouts, image.registry, context.interrupt));
  if (namespaces.length === 0) return { asked: [], found: undefined, templates };
  return {
    ...(await askWithLogins({ ...question, api, namespaces, more: templates?.secrets ?? [], texts }, context)),
    templates,
  };
}

function nodeGroups(nodes: FoundNodes['nodes']): ReadonlyMap<string, string> {
  return new Map(nodes.flatMap(({ name, group }) => (group === undefined ? [] : [[name, group]])));
}

function platformOf(api: KubernetesApi | undefined, nodes: FoundNodes['nodes']): RateLimitReport['platform'] {
  const signs = api ? { server: api.server, context: api.context } : {};
  return detectPlatform({ ...signs, nodes: nodes.flatMap((node) => node.api ?? []) });
}

interface AskedThere {
  readonly nodes: FoundNodes['nodes'];
  readonly asked: readonly AskedQuota[];
}

/** Nodes may leave the network by other addresses than this machine. */
async function askThere(
  { session, image, plainHttp }: RateLimitQuestion,
  { api, transport }: OpenedSession,
  { output, interrupt }: CommandContext,
): Promise<AskedThere> {
  if (!transport) return { nodes: [], asked: [] };
  const { nodes, targets } = await session.findNodes(api, interrupt);
  const progress = await nodeProgress(output.notes, session.texts.t);
  try {
    return {
      nodes,
      asked: await askFromNodes({
        image,
        plainHttp,
        transport,
        targets,
        signal: interrupt,
        onProgress: progress.report,
      }),
    };
  } finally {
    progress.stop();
  }
}

interface PullsQuestion {
  readonly api: KubernetesApi;
  readonly image: ImageReference;
  readonly groups: readonly EgressGroup[];
  readonly found: FoundSecrets | undefined;
}

/** Events that may not be read, or do not come, leave the pace unknown and all else as it is. */
async function measurePulls(
  { api, image, groups, found }: PullsQuestion,
  { interrupt }: CommandContext,
): Promise<MeasuredPulls | NodemendError> {
  try {
    const seen = await readPulls(api, image.registry, interrupt);
    return { seen, grouped: groupPulls(groups, seen, loginOfPull(found)) };
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  }
}

function loginOfPull(found: FoundSecrets | undefined): LoginOf {
  if (found === undefined) return () => undefined;
  const secretsOfPod = secretsOf(found, 'Pod');
  return ({ namespace, pod, image }) => loginFor(found, secretsOfPod(namespace, pod), image);
}
