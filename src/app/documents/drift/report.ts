import type { Evidence } from '../../../evidence/evidence.ts';
import type { Drift } from '../../../problems/kit/synchronise.ts';

/** A comparison with what it was made from. */
export interface DriftReport {
  readonly problem: string;
  readonly evidence: Evidence;
  readonly drift: Drift;
}
