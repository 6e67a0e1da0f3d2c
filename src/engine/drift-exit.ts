import type { Drift } from '../problems/kit/synchronise.ts';

/**
 * Exit code of a comparison (design: reading commands). 3: a node differs, or no version is the reference · 5: a node
 * could not be seen, or there was nothing to compare with · 0: every node that should have the file was seen to have
 * it.
 */
export function driftExit({ nodes }: Pick<Drift, 'nodes'>): 0 | 3 | 5 {
  if (nodes.some(({ finding }) => finding.status === 'fail')) return 3;
  return nodes.every(({ finding }) => finding.status === 'pass') ? 0 : 5;
}
