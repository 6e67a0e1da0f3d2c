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
  // A digest of another registry is not a proposal at all before that has said that it is there.
  if (answer?.reason !== 'not-there' && successor.action === 'change' && unverified === 'allow')
    return { to: successor.reference, isVerified: false };
  return { why: `rewrite-${unwritten(answer, successor)}` };
}

function unwritten(answer: Exclude<Successor, { action: 'change' }> | undefined, successor: Successor): string {
  if (isRenamed({ successor })) return `renamed-${answer?.reason ?? 'unasked'}`;
  if (answer === undefined) return successor.action === 'change' ? 'unverified' : 'digest';
  return answer.reason === 'not-there' ? 'not-there' : 'not-verified';
}

/** Whether its successor has another name, which only the registry knows: Flannel's images. */
export function isRenamed({ successor }: Pick<RetiredReference, 'successor'>): boolean {
  return successor.action === 'report' && successor.reason === 'names-differ';
}
