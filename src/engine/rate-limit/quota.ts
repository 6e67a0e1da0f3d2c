import { isIP } from 'node:net';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import type { RateLimit } from '../../registry/client/rate-limit.ts';
import { compareNames } from '../compare-names.ts';
import { secretText, type SecretName } from '../../evidence/rate-limit/secret-name.ts';

/** What a registry said of the pulls that are left, asked from one place. */
export type Quota =
  | { readonly state: 'counted'; readonly rate: RateLimit }
  /** It refuses, and says not how many pulls it allows. */
  | { readonly state: 'refused' }
  /** It does not accept the login. */
  | { readonly state: 'denied'; readonly error: NodemendError }
  | { readonly state: 'unknown'; readonly error: NodemendError };

export interface AskedQuota {
  /** A node; undefined for the machine that nodemend runs on. */
  readonly node: string | undefined;
  /** Whose login it was asked with; absent without one. */
  readonly secrets?: readonly SecretName[];
  /** Tells accounts apart whose names are masked. */
  readonly account?: number;
  readonly quota: Quota;
}

/** Places whose pulls are counted together. */
export interface EgressGroup {
  /**
   * The address, or the account, that the registry counts; undefined where it does not say. The name of a user is
   * masked.
   */
  readonly source: string | undefined;
  readonly sourceKind: 'address' | 'account' | undefined;
  readonly limit: number | undefined;
  /** The least that one of them was told: while they were asked, somebody may have pulled. */
  readonly remaining: number | undefined;
  readonly windowSeconds: number | undefined;
  readonly nodes: readonly string[];
  readonly here: boolean;
  /** Pull secrets whose login is counted here. */
  readonly secrets: readonly SecretName[];
}

interface Member extends Omit<AskedQuota, 'quota'> {
  readonly rate: RateLimit;
}

/**
 * Who shares an address or an account, the tightest first. A registry that does not say whose pulls it counts puts
 * nobody together.
 */
export function egressGroups(asked: readonly AskedQuota[]): readonly EgressGroup[] {
  const counted = asked.flatMap(({ quota, ...place }): readonly Member[] =>
    quota.state === 'counted' ? [{ ...place, rate: quota.rate }] : [],
  );
  const bySource = Map.groupBy(counted, ({ node, secrets, account = '', rate }) =>
    rate.source === undefined
      ? `? ${node ?? ''} ${secrets?.map(secretText).join(' ') ?? ''}`
      : `${rate.source} ${account}`,
  );
  return [...bySource.values()]
    .map(groupOf)
    .toSorted(
      (a, b) => (a.remaining ?? Infinity) - (b.remaining ?? Infinity) || compareNames(a.source ?? '', b.source ?? ''),
    );
}

function groupOf(members: readonly Member[]): EgressGroup {
  const rates = members.map(({ rate }) => rate);
  return {
    ...sourceOf(members),
    limit: least(rates.map(({ limit }) => limit)),
    remaining: least(rates.map(({ remaining }) => remaining)),
    windowSeconds: rates[0]?.windowSeconds,
    nodes: members.flatMap(({ node }) => node ?? []).toSorted(compareNames),
    here: members.some(({ node, secrets }) => node === undefined && secrets === undefined),
    secrets: members
      .flatMap(({ secrets }) => secrets ?? [])
      .toSorted((a, b) => compareNames(secretText(a), secretText(b))),
  };
}

/** Docker Hub names an account by what may be its user's name; an address is one whoever is logged in. */
function sourceOf(members: readonly Member[]): Pick<EgressGroup, 'source' | 'sourceKind'> {
  const source = members[0]?.rate.source;
  if (source === undefined) return { source, sourceKind: undefined };
  const isAccount = isIP(source) === 0 && members.some(({ secrets }) => secrets !== undefined);
  return { source, sourceKind: isAccount ? 'account' : isIP(source) === 0 ? undefined : 'address' };
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
  if (
    asked.some(({ quota }) => quota.state === 'refused' || quota.state === 'denied') ||
    groups.some(({ remaining = 1 }) => remaining <= 0)
  )
    return 3;
  if (asked.some(({ quota }) => quota.state === 'unknown')) return 5;
  return groups.some(isTight) ? 4 : 0;
}

export function isTight({ remaining = Infinity, limit = 0 }: Pick<EgressGroup, 'remaining' | 'limit'>): boolean {
  return remaining < limit * tight;
}
