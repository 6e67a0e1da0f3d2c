import type { Evidence } from '../../../evidence/evidence.ts';

/** The evidence as it would be after actions: none is planned. */
export function applyActions(evidence: Evidence): Evidence {
  return evidence;
}
