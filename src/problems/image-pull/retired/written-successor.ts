import type { Successor } from '../../../registry/successor.ts';
import type { RewriteInputs } from '../inputs.ts';
import type { RetiredReference } from './retired-use.ts';

/** What is known beyond the rules of `registry/successor.ts`. */
export interface KnownSuccessors extends Pick<RewriteInputs, 'unverified'> {
  /** By the reference as it is written: what its new registry said. */
  readonly verified: ReadonlyMap<string, Successor>;
}

/** What may be written in the place of a reference, or why nothing may. */
export type WrittenSuccessor = { readonly to: string; readonly isVerified: boolean } | { readonly why: string };

/** A name that nobody asked its registry for is only written when the user says so; one that is not there never is. */
export function writtenSuccessor(
  { image, successor, pointer }: RetiredReference,
  { verified, unverified }: KnownSuccessors,
): WrittenSuccessor {
  const answer = verified.get(image);
  if (pointer === undefined) return { why: 'rewrite-unplaced' };
  if (answer?.action === 'change') return { to: answer.reference, isVerified: true };
  const isRenamed = successor.action === 'report' && successor.reason === 'names-differ';
  if (isRenamed) return { why: `rewrite-renamed-${answer === undefined ? 'unasked' : answer.reason}` };
  if (answer?.reason === 'not-there') return { why: 'rewrite-not-there' };
  // A digest of another registry is not a proposal at all before that has said that it is there.
  if (successor.action === 'change' && unverified === 'allow') return { to: successor.reference, isVerified: false };
  return { why: answer ? 'rewrite-not-verified' : unasked(successor.action) };
}

function unasked(action: RetiredReference['successor']['action']): string {
  return action === 'change' ? 'rewrite-unverified' : 'rewrite-digest';
}
