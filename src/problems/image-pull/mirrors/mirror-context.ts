import type { NodeEvidence } from '../../../evidence/evidence.ts';

/** What one part of the plan is made from. */
export interface MirrorContext {
  readonly node: NodeEvidence;
  /** Findings that the part answers. */
  readonly cures: readonly string[];
}
