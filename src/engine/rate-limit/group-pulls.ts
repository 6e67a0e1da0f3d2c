import type { EgressGroup } from './quota.ts';
import { compareNames } from '../compare-names.ts';
import { secretText, type SecretName } from '../../evidence/rate-limit/secret-name.ts';
import type { Pull } from '../../evidence/rate-limit/pulled-event.ts';
import type { ObservedPulls } from '../../evidence/rate-limit/observed-pulls.ts';

/** A shorter window says nothing of an hour: one rollout would be taken for what is usual. */
const shortestWindowMs = 10 * 60_000;
const hourMs = 3_600_000;

/** What was pulled from behind one address or with one account. */
export interface PullPace {
  /**
   * Pulls that were seen: at most so many count, because kubelet tells a check of an image that is there as a pull,
   * too.
   */
  readonly pulls: number;
  /** Different images on different nodes: so many pulls are needed at least when nodes begin without images. */
  readonly distinct: number;
  /** Undefined where the window is too short to tell. */
  readonly perHour: number | undefined;
  /** Pulls in the quota's window at this pace. */
  readonly needed: number | undefined;
  /**
   * When none is left at this pace, unless the quota's window ends before. Undefined where it lasts longer than the
   * window, or cannot be told.
   */
  readonly exhaustedInSeconds: number | undefined;
}

export interface GroupedPulls {
  /**
   * In the order of the groups; undefined for one that no node and no login is of: who pulls there is no part of the
   * cluster.
   */
  readonly groups: readonly (PullPace | undefined)[];
  /** Of nodes whose address is not known. */
  readonly elsewhere: PullPace & { readonly nodes: readonly string[] };
  /** Of the whole cluster: what one account for all of it would need. */
  readonly all: PullPace;
}

/** Which pull secret a pull was made with, as far as that is known. */
export type LoginOf = (pull: Pull) => SecretName | undefined;

/** Puts pulls to whose quota they count for: the account of the pod's login, else the node's address. */
export function groupPulls(
  groups: readonly EgressGroup[],
  seen: ObservedPulls,
  loginOf: LoginOf = () => undefined,
): GroupedPulls {
  const ofNode = new Map(groups.flatMap(({ nodes }, index) => nodes.map((node) => [node, index] as const)));
  const ofSecret = new Map(
    groups.flatMap(({ secrets }, index) => secrets.map((secret) => [secretText(secret), index] as const)),
  );
  const groupOf = (pull: Pull): number => {
    const login = loginOf(pull);
    return (login && ofSecret.get(secretText(login))) ?? ofNode.get(pull.node) ?? -1;
  };
  const byGroup = Map.groupBy(seen.pulls, groupOf);
  const elsewhere = byGroup.get(-1) ?? [];
  // Of all only the window is common, when it is one.
  const windowSeconds = groups.find((group) => group.windowSeconds !== undefined)?.windowSeconds;
  return {
    groups: groups.map((group, index) =>
      group.nodes.length + group.secrets.length === 0 ? undefined : paceOf(byGroup.get(index) ?? [], seen, group),
    ),
    elsewhere: {
      ...paceOf(elsewhere, seen, {}),
      nodes: [...new Set(elsewhere.map(({ node }) => node))].toSorted(compareNames),
    },
    all: paceOf(seen.pulls, seen, { windowSeconds }),
  };
}

interface Quota {
  readonly remaining?: number | undefined;
  readonly windowSeconds?: number | undefined;
}

function paceOf(
  pulls: readonly Pull[],
  { since, until }: ObservedPulls,
  { remaining, windowSeconds }: Quota,
): PullPace {
  const times = pulls.reduce((sum, pull) => sum + pull.times, 0);
  const distinct = new Set(pulls.map(({ node, image }) => `${node} ${image}`)).size;
  const windowMs = since === undefined ? 0 : until - since;
  const perHour = windowMs < shortestWindowMs ? undefined : (times * hourMs) / windowMs;
  return {
    pulls: times,
    distinct,
    perHour,
    needed:
      perHour === undefined || windowSeconds === undefined ? undefined : Math.ceil((perHour * windowSeconds) / 3600),
    exhaustedInSeconds: exhaustedIn(perHour, remaining, windowSeconds),
  };
}

/** A registry that does not say when its window ends gives pulls back at the latest when a whole one is over. */
function exhaustedIn(
  perHour: number | undefined,
  remaining: number | undefined,
  windowSeconds: number | undefined,
): number | undefined {
  if (remaining !== undefined && remaining <= 0) return 0;
  if (perHour === undefined || perHour === 0 || remaining === undefined) return undefined;
  const seconds = Math.floor((remaining * 3600) / perHour);
  return seconds < (windowSeconds ?? Infinity) ? seconds : undefined;
}
