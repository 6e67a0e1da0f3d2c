import type { Diagnosis } from '../../../engine/diagnose.ts';
import type { Evidence } from '../../../evidence/evidence.ts';

/** What all views of a diagnosis are made from. */
export interface FindingsReport {
  readonly evidence: Evidence;
  readonly diagnosis: Diagnosis;
}
