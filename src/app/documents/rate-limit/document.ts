import { secretText } from '../../../evidence/rate-limit/secret-name.ts';
import type { PullPace } from '../../../engine/rate-limit/group-pulls.ts';
import type { AskedQuota, EgressGroup } from '../../../engine/rate-limit/quota.ts';
import type { RolloutCost, WhatIf } from '../../../engine/rate-limit/what-if/what-if.ts';
import {
  measured,
  type MeasuredPulls,
  type RateLimitReport,
  type UnknownWhatIf,
} from '../../../engine/rate-limit/report.ts';
import { knownError } from '../../../errors/known-error.ts';
import type { RateLimitDocument } from './schema.ts';

type Pace = RateLimitDocument['groups'][number]['pulls'];
type Place = RateLimitDocument['refused'][number];
type WhatIfEntry = NonNullable<RateLimitDocument['whatIf']>[number];
type CostEntry = Extract<WhatIfEntry, { readonly state: 'counted' }>['costs'][number];

/**
 * What `-o json` and `-o yaml` print. Where nothing was said there is null; what nobody asked for is null as well, and
 * every key is always there.
 */
export function rateLimitDocument(report: RateLimitReport): RateLimitDocument {
  const { asked, groups, whatIfs, changes, shared, tiers } = report;
  const paces = measured(report)?.grouped.groups;
  return {
    schema: 'nodemend.dev/rate-limit/v1',
    groups: groups.map((group, index) => ({ ...groupDocument(group), pulls: paceDocument(paces?.[index]) })),
    refused: asked.flatMap((one) => (one.quota.state === 'refused' ? [placeOf(one)] : [])),
    denied: asked.flatMap((one) =>
      one.quota.state === 'denied' ? [{ ...placeOf(one), ...errorOf(one.quota.error) }] : [],
    ),
    unknown: asked.flatMap((one) =>
      one.quota.state === 'unknown' ? [{ ...placeOf(one), ...errorOf(one.quota.error) }] : [],
    ),
    pulls: pullsDocument(report.pulls),
    whatIf: whatIfs?.map(whatIfDocument) ?? null,
    changes: changes?.map(({ node, before = null, now = null, state }) => ({ node, before, now, state })) ?? null,
    shared: shared.map(({ address, parts }) => ({
      address,
      parts: parts.map(({ nodeGroup = null, nodes }) => ({ nodeGroup, nodes })),
    })),
    tiers: tiers.map(({ name, pulls = null, windowSeconds = null, needed = null, covers = null }) => ({
      name,
      pulls,
      windowSeconds,
      needed,
      covers,
    })),
  };
}

function groupDocument({
  source,
  sourceKind,
  limit,
  remaining,
  windowSeconds,
  nodes,
  here,
  secrets,
}: EgressGroup): Omit<RateLimitDocument['groups'][number], 'pulls'> {
  const told = {
    source: source ?? null,
    sourceKind: sourceKind ?? null,
    limit: limit ?? null,
    remaining: remaining ?? null,
    windowSeconds: windowSeconds ?? null,
  };
  return { ...told, here, nodes, secrets: secrets.map(secretText) };
}

function paceDocument(pace: PullPace | undefined): Pace {
  if (pace === undefined) return null;
  const { pulls, distinct, perHour = null, needed = null, exhaustedInSeconds = null } = pace;
  return {
    seen: pulls,
    distinct,
    perHour: perHour === null ? null : Math.round(perHour * 10) / 10,
    needed,
    exhaustedInSeconds,
  };
}

function pullsDocument(pulls: MeasuredPulls | Error | undefined): RateLimitDocument['pulls'] {
  if (pulls === undefined) return null;
  if (!('grouped' in pulls)) return { state: 'unknown', ...errorOf(pulls) };
  const {
    seen: { since, until },
    grouped: { all, elsewhere },
  } = pulls;
  return {
    state: 'seen',
    since: since === undefined ? null : instant(since),
    until: instant(until),
    all: paceDocument(all),
    elsewhere: { nodes: elsewhere.nodes, pulls: paceDocument(elsewhere) },
  };
}

function whatIfDocument(one: WhatIf | UnknownWhatIf): WhatIfEntry {
  const {
    rollout: { kind, name },
    namespace,
  } = one;
  if ('error' in one) return { kind, name, namespace, state: 'unknown', ...errorOf(one.error) };
  const { replicas = null, images, hasUnreadLogin, costs } = one;
  return { kind, name, namespace, state: 'counted', replicas, images, hasUnreadLogin, costs: costs.map(costDocument) };
}

function costDocument({ group, nodes, pulls, certain, ifNew, exhausts }: RolloutCost): CostEntry {
  const whose = group && {
    source: group.source ?? null,
    remaining: group.remaining ?? null,
    secrets: group.secrets.map(secretText),
  };
  return {
    source: null,
    remaining: null,
    secrets: [],
    ...whose,
    nodes,
    pulls,
    certain,
    ifNew,
    exhausts: exhausts ?? null,
  };
}

function placeOf({ node, secrets }: AskedQuota): Place {
  return { node: node ?? null, secrets: secrets?.map(secretText) ?? null };
}

function errorOf(error: Error): { readonly code: string; readonly detail: string } {
  return { code: knownError(error).code, detail: error.message };
}

/** RFC 3339, UTC, to the second. */
function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/u, 'Z');
}
