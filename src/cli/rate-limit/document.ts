import { secretText } from '../../engine/rate-limit/accounts/pull-secrets.ts';
import { egressGroups, type AskedQuota } from '../../engine/rate-limit/quota.ts';
import { knownError } from '../render/error.ts';

/** What `-o json` and `-o yaml` print. Where nothing was said there is null, so that every key is always there. */
export function rateLimitDocument(asked: readonly AskedQuota[]): unknown {
  return {
    groups: egressGroups(asked).map(({ source = null, sourceKind = null, limit = null, remaining = null, windowSeconds = null, nodes, here, secrets }) => ({
      source,
      sourceKind,
      limit,
      remaining,
      windowSeconds,
      here,
      nodes,
      secrets: secrets.map(secretText),
    })),
    refused: asked.flatMap((one) => (one.quota.state === 'refused' ? [placeOf(one)] : [])),
    denied: asked.flatMap((one) => (one.quota.state === 'denied' ? [{ ...placeOf(one), ...errorOf(one.quota.error) }] : [])),
    unknown: asked.flatMap((one) => (one.quota.state === 'unknown' ? [{ ...placeOf(one), ...errorOf(one.quota.error) }] : [])),
  };
}

function placeOf({ node, secrets }: AskedQuota): object {
  return { node: node ?? null, secrets: secrets?.map(secretText) ?? null };
}

function errorOf(error: Error): object {
  return { code: knownError(error).code, detail: error.message };
}
