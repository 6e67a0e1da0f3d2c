import { judgeTiers, type Tier, type TierVerdict } from './account-tiers.ts';
import { secretText } from '../../evidence/rate-limit/secret-name.ts';
import type { AddressChange } from './address-changes.ts';
import type { GroupedPulls } from './group-pulls.ts';
import type { ObservedPulls } from '../../evidence/rate-limit/observed-pulls.ts';
import { isTight, quotaExit, type AskedQuota, type EgressGroup } from './quota.ts';
import type { SharedAddress } from './shared-addresses.ts';
import type { Rollout } from '../../evidence/rate-limit/rollout.ts';
import type { RolloutCost, WhatIf } from './what-if/what-if.ts';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import type { PlatformId } from '../../platforms/platform.ts';

export interface MeasuredPulls {
  readonly seen: ObservedPulls;
  readonly grouped: GroupedPulls;
}

/** A rollout about which nothing could be said. */
export interface UnknownWhatIf {
  readonly rollout: Rollout;
  readonly namespace: string;
  readonly error: NodemendError;
}

/** All that the command found out. What nobody asked for is undefined. */
export interface RateLimitReport {
  readonly registry: string;
  readonly asked: readonly AskedQuota[];
  readonly groups: readonly EgressGroup[];
  readonly pulls: MeasuredPulls | NodemendError | undefined;
  readonly whatIfs: readonly (WhatIf | UnknownWhatIf)[] | undefined;
  readonly changes: readonly AddressChange[] | undefined;
  readonly shared: readonly SharedAddress[];
  /** Empty where no pace was measured. */
  readonly tiers: readonly TierVerdict[];
  readonly platform: PlatformId;
}

export function measured({ pulls }: Pick<RateLimitReport, 'pulls'>): MeasuredPulls | undefined {
  return pulls && 'grouped' in pulls ? pulls : undefined;
}

/** The accounts that one could have, and those that were asked; held against all pulls of the cluster. */
export function tiersFor(
  report: Pick<RateLimitReport, 'pulls' | 'groups'>,
  named: readonly Tier[],
): readonly TierVerdict[] {
  const perHour = measured(report)?.grouped.all.perHour;
  if (perHour === undefined) return [];
  const seen = report.groups.flatMap(({ sourceKind, limit, windowSeconds, secrets }): readonly Tier[] =>
    sourceKind === 'account' && limit !== undefined
      ? [{ name: secrets.map(secretText).join(', '), pulls: limit, windowSeconds }]
      : [],
  );
  const told = report.groups.find(({ windowSeconds }) => windowSeconds !== undefined)?.windowSeconds;
  return judgeTiers([...named, ...seen], perHour, told);
}

/**
 * The reading codes. 3: none is left, a login is refused, a rollout would use up the rest, an address is still shared.
 * 4: few are left, or the pace uses them up.
 */
export function reportExit(report: RateLimitReport): 0 | 3 | 4 | 5 {
  const quota = quotaExit(report.asked);
  const costs = costsOf(report);
  if (quota === 3 || costs.some(({ exhausts }) => exhausts === true) || isStillShared(report)) return 3;
  if (quota === 5 || hasUnknown(report)) return 5;
  return quota === 4 || isForecastTight(report) || costs.some(isTooMuchIfNew) ? 4 : 0;
}

function costsOf({ whatIfs = [] }: RateLimitReport): readonly RolloutCost[] {
  return whatIfs.flatMap((one) => ('costs' in one ? one.costs : []));
}

function isStillShared({ changes = [] }: RateLimitReport): boolean {
  return changes.some(({ state }) => state === 'shared');
}

/** Of the next version no node has the images. */
export function isTooMuchIfNew({ ifNew, group }: RolloutCost): boolean {
  return ifNew > (group?.remaining ?? Infinity);
}

function hasUnknown({ pulls, whatIfs = [], changes = [] }: RateLimitReport): boolean {
  const isPartly = (one: WhatIf | UnknownWhatIf): boolean =>
    'error' in one || one.costs.some(({ exhausts }) => exhausts === undefined);
  return (
    (pulls !== undefined && 'code' in pulls) ||
    whatIfs.some(isPartly) ||
    changes.some(({ state }) => state === 'unknown')
  );
}

function isForecastTight(report: RateLimitReport): boolean {
  return measured(report)?.grouped.groups.some((pace) => pace?.exhaustedInSeconds !== undefined) ?? false;
}

/** Whether somebody has to do something: then it is told what helps. */
export function needsHelp(report: RateLimitReport): boolean {
  return (
    report.groups.some((group) => isTight(group)) ||
    isForecastTight(report) ||
    costsOf(report).some((cost) => cost.exhausts === true || isTooMuchIfNew(cost))
  );
}
