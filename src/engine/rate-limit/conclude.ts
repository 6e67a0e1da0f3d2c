import { isErrorCode } from '../../errors/error-code.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { NamedSecret, NamespacePullSecrets, PullSecretProblem } from '../../evidence/pull-secrets/pull-secret.ts';
import type { RateLimitEvidence, ObservedQuota } from '../../evidence/rate-limit/rate-limit.ts';
import { detectPlatform, type PlatformId } from '../../platforms/platform.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import type { Tier } from './account-tiers.ts';
import { addressChanges, type EarlierAddresses } from './address-changes.ts';
import { groupPulls, type LoginOf } from './group-pulls.ts';
import { loginFor, secretsOf, type ObservedPullSecrets } from './login-of-pod.ts';
import { egressGroups, type AskedQuota, type EgressGroup, type Quota } from './quota.ts';
import { tiersFor, type MeasuredPulls, type RateLimitReport, type UnknownWhatIf } from './report.ts';
import { sharedAddresses } from './shared-addresses.ts';
import { whatIf, type WhatIf } from './what-if/what-if.ts';

export interface Comparison {
  /** Addresses by node, of an earlier answer. */
  readonly earlier?: EarlierAddresses | undefined;
  /** Accounts that one could have. */
  readonly tiers: readonly Tier[];
}

/** Evidence that somebody asked a registry about its limit for. */
export type RateLimitedEvidence = Evidence & { readonly rateLimit: RateLimitEvidence };

/** What it all says. Pure: the same evidence, seen now or read from a bundle, gives the same report. */
export function concludeRateLimit(evidence: RateLimitedEvidence, { earlier, tiers }: Comparison): RateLimitReport {
  const { rateLimit, nodes } = evidence;
  const found = pullSecretsOf(evidence);
  const quotas = rateLimit.quotas.map(askedQuota);
  const isFromNode = ({ node }: AskedQuota): boolean => node !== undefined;
  const asked = [
    ...quotas.filter((one) => !isFromNode(one)),
    ...(found ?? []).flatMap(secretErrors).map(unreadable),
    ...quotas.filter(isFromNode),
  ];
  const groups = egressGroups(asked);
  const pulls = measuredPulls(rateLimit, groups, found);
  const groupOf = new Map(nodes.flatMap(({ name, group }) => (group === undefined ? [] : [[name, group] as const])));
  return {
    registry: registryOf(rateLimit),
    asked,
    groups,
    pulls,
    whatIfs: answeredWhatIfs(rateLimit, groups, found),
    changes: earlier && addressChanges(earlier, asked),
    shared: sharedAddresses(groups, groupOf),
    tiers: tiersFor({ groups, pulls }, tiers),
    platform: platformOf(evidence),
  };
}

function registryOf({ image }: RateLimitEvidence): string {
  const reference = parseReference(image);
  return isInvalid(reference) ? image : reference.registry;
}

function platformOf({ cluster, nodes }: Evidence): PlatformId {
  const signs = cluster.state === 'seen' ? { server: cluster.value.server, context: cluster.value.context } : {};
  return detectPlatform({ ...signs, nodes: nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : [])) });
}

function pullSecretsOf({ cluster }: Evidence): ObservedPullSecrets | undefined {
  const secrets = cluster.state === 'seen' ? cluster.value.pullSecrets : undefined;
  return secrets?.state === 'seen' ? secrets.value : undefined;
}

function askedQuota({ node, answer, ...place }: ObservedQuota): AskedQuota {
  return { node, ...place, quota: quotaOf(answer) };
}

function quotaOf(answer: ObservedQuota['answer']): Quota {
  switch (answer.state) {
    case 'unknown':
      return { state: 'unknown', error: errorOf(answer) };
    case 'denied':
      return { state: 'denied', error: storedError(answer.error, answer.error.code) };
    default:
      return answer;
  }
}

type Unobserved = Exclude<Observed<unknown>, { readonly state: 'seen' }>;

/** Whatever kept something from being seen, in words. A newer release may know errors that this one does not. */
export function errorOf(unseen: Unobserved): NodemendError {
  return unseen.state === 'unknown' ? storedError(unseen.error, unseen.detail) : storedError(undefined, unseen.enable);
}

type StoredError = Extract<Unobserved, { readonly state: 'unknown' }>['error'];

function storedError(error: StoredError, detail: string): NodemendError {
  if (error !== undefined && isErrorCode(error.code)) return new NodemendError(error.code, error.params);
  return new NodemendError('REGISTRY_ANSWER_INVALID', { host: 'bundle', problem: detail });
}

function unreadable(error: NodemendError): AskedQuota {
  return { node: undefined, secrets: [], quota: { state: 'unknown', error } };
}

/** What may not be read of a namespace, and Secrets that no login can be read from. */
function secretErrors(of: NamespacePullSecrets): readonly NodemendError[] {
  const { namespace, serviceAccounts, pods, secrets } = of;
  const errors = [
    ...(pods === undefined ? [] : notRead(namespace, 'list pods', pods)),
    ...notRead(namespace, 'list serviceaccounts', serviceAccounts),
    ...secrets.flatMap((one) => secretError(namespace, one)),
  ];
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}

function notRead(namespace: string, access: string, seen: Observed<unknown>): readonly NodemendError[] {
  if (seen.state === 'seen') return [];
  const error = errorOf(seen);
  if (error.code !== 'API_FORBIDDEN') return [error];
  return [new NodemendError('SECRETS_FORBIDDEN', { user: error.params['user'] ?? '', access, namespace })];
}

/** Which words tell the problem; what is wrong with one entry is told by the common ones. */
const contexts: Readonly<Record<PullSecretProblem['kind'], string>> = {
  empty: 'empty',
  'no-data': 'empty',
  'not-json': 'notJson',
  'wrong-shape': 'wrongShape',
  'wrong-type': 'wrongType',
  'auth-not-base64': '',
  'auth-without-colon': '',
};

/** None where it is missing: kubelet passes over it. */
function secretError(namespace: string, { name, secret }: NamedSecret): readonly NodemendError[] {
  if (secret.state !== 'seen') return notRead(namespace, 'get secrets', secret);
  if (secret.value === 'absent' || secret.value.problem === undefined) return [];
  const context = contexts[secret.value.problem.kind];
  return [new NodemendError('PULL_SECRET_INVALID', { namespace, secret: name, context })];
}

/** Events that may not be read, or do not come, leave the pace unknown and all else as it is. */
function measuredPulls(
  { pulls }: RateLimitEvidence,
  groups: readonly EgressGroup[],
  found: ObservedPullSecrets | undefined,
): MeasuredPulls | NodemendError | undefined {
  if (pulls === undefined) return undefined;
  if (pulls.state !== 'seen') return errorOf(pulls);
  return { seen: pulls.value, grouped: groupPulls(groups, pulls.value, loginOfPull(found)) };
}

function loginOfPull(found: ObservedPullSecrets | undefined): LoginOf {
  if (found === undefined) return () => undefined;
  const secretsOfPod = secretsOf(found, 'pods');
  return ({ namespace, pod, image }) => loginFor(found, secretsOfPod(namespace, pod), image);
}

function answeredWhatIfs(
  { rollouts }: RateLimitEvidence,
  groups: readonly EgressGroup[],
  found: ObservedPullSecrets | undefined,
): readonly (WhatIf | UnknownWhatIf)[] | undefined {
  if (rollouts === undefined) return undefined;
  const { namespace, nodes, asked } = rollouts;
  return asked.map(({ rollout, template }): WhatIf | UnknownWhatIf => {
    if (template.state !== 'seen') return { rollout, namespace, error: errorOf(template) };
    if (nodes.state !== 'seen') return { rollout, namespace, error: errorOf(nodes) };
    return whatIf({ rollout, namespace, template: template.value, nodes: nodes.value, groups, found });
  });
}
