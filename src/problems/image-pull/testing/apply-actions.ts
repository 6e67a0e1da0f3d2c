import type { Evidence } from '../../../evidence/evidence.ts';

/** The evidence as it would be after actions: without one named, none is planned. */
export function applyActions(evidence: Evidence): Evidence {
  return evidence;
}
