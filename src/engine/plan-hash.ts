import { sha256 } from '../hash/sha256.ts';
import { actionKind } from '../actions/action-kinds.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Plan } from './plan.ts';

export type UnsealedPlan = Omit<Plan, 'hash'>;

/**
 * SHA-256 of the plan's canonical JSON without `hash`, `madeAt`, `signature` and the prior contents, hex. Prior contents are bound
 * by their own SHA-256, so a plan and the copy of it that leaves them out have the same hash.
 */
export function planHash(plan: UnsealedPlan): string {
  const { madeAt: _madeAt, signature: _signature, ...hashed } = { ...withoutPriorContents(plan), hash: undefined };
  return sha256(Buffer.from(canonicalJson(hashed), 'utf8'));
}

/** The plan as it is kept beside a journal: files of nodes may hold what only their root should read. */
export function withoutPriorContents<P extends UnsealedPlan>(plan: P): P {
  return { ...plan, actions: plan.actions.map((action) => actionKind(action.kind).contents.withoutPrior(action)) };
}
