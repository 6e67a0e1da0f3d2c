import { NodemendError, isNodemendError } from '../../errors/nodemend-error.ts';
import type { RateLimit } from '../../registry/client/rate-limit.ts';
import type { ManifestAnswer, RegistryClient } from '../../registry/client/registry-client.ts';
import { formatReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import { compareNames } from '../compare-names.ts';

/** What a registry said of the pulls that are left, asked from one place. */
export type Quota =
  | { readonly state: 'counted'; readonly rate: RateLimit }
  /** It refuses, and says not how many pulls it allows. */
  | { readonly state: 'refused' }
  | { readonly state: 'unknown'; readonly error: NodemendError };

export interface AskedQuota {
  /** A node; undefined for the machine that nodemend runs on. */
  readonly node: string | undefined;
  readonly quota: Quota;
}

/** Asks by HEAD, which is no pull. @throws the signal's reason, and what is a fault of ours */
export async function askQuota(client: RegistryClient, image: ImageReference, signal: AbortSignal): Promise<Quota> {
  try {
    return quotaOf(await client.headManifest(image, signal), image);
  } catch (error) {
    signal.throwIfAborted();
    if (isNodemendError(error)) return { state: 'unknown', error };
    throw error;
  }
}

function quotaOf(answer: ManifestAnswer, image: ImageReference): Quota {
  const rate = 'rate' in answer ? answer.rate : undefined;
  if (rate) return { state: 'counted', rate };
  if (answer.state === 'limited') return { state: 'refused' };
  return { state: 'unknown', error: new NodemendError('RATE_LIMIT_UNKNOWN', { host: image.registry, image: formatReference(image), answer: answer.state }) };
}

/** Places whose pulls are counted together. */
export interface EgressGroup {
  /** The address, or the account, that the registry counts; undefined where it does not say. */
  readonly source: string | undefined;
  readonly limit: number | undefined;
  /** The least that one of them was told: while they were asked, somebody may have pulled. */
  readonly remaining: number | undefined;
  readonly windowSeconds: number | undefined;
  readonly nodes: readonly string[];
  readonly here: boolean;
}

/** Who shares an address, the tightest first. A registry that does not say whose pulls it counts puts nobody together. */
export function egressGroups(asked: readonly AskedQuota[]): readonly EgressGroup[] {
  const counted = asked.flatMap(({ node, quota }) => (quota.state === 'counted' ? [{ node, rate: quota.rate }] : []));
  const bySource = Map.groupBy(counted, ({ node, rate }) => rate.source ?? `? ${node ?? ''}`);
  return [...bySource.values()].map(groupOf).toSorted((a, b) => (a.remaining ?? Infinity) - (b.remaining ?? Infinity) || compareNames(a.source ?? '', b.source ?? ''));
}

function groupOf(members: readonly { readonly node: string | undefined; readonly rate: RateLimit }[]): EgressGroup {
  const rates = members.map(({ rate }) => rate);
  return {
    source: rates[0]?.source,
    limit: least(rates.map(({ limit }) => limit)),
    remaining: least(rates.map(({ remaining }) => remaining)),
    windowSeconds: rates[0]?.windowSeconds,
    nodes: members.flatMap(({ node }) => node ?? []).toSorted(compareNames),
    here: members.some(({ node }) => node === undefined),
  };
}

function least(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** With less than this part of the pulls left, one rollout may use up the rest. */
const tight = 0.1;

/** The reading codes: 3 where no pull is left, 4 where few are, 5 where it stayed unknown. */
export function quotaExit(asked: readonly AskedQuota[]): 0 | 3 | 4 | 5 {
  const groups = egressGroups(asked);
  if (asked.some(({ quota }) => quota.state === 'refused') || groups.some(({ remaining = 1 }) => remaining <= 0)) return 3;
  if (asked.some(({ quota }) => quota.state === 'unknown')) return 5;
  return groups.some(({ remaining = Infinity, limit = 0 }) => remaining < limit * tight) ? 4 : 0;
}
