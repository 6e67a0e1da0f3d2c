import type { ActionSpec } from '../../../actions/action.ts';
import type { Evidence } from '../../../evidence/evidence.ts';

/** The evidence as it would be after these actions. */
export function applyActions(evidence: Evidence, _: readonly ActionSpec[]): Evidence {
  return evidence;
}
