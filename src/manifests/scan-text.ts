import type { FindSuccessor } from '../registry/successor.ts';
import type { FoundReference, ReferenceReason } from './reference.ts';
import { placeholder, type RetiredPatterns } from './retired-patterns.ts';

const placeholders = new RegExp(placeholder, 'g');

export interface Scan {
  /** Where the text begins in the file. */
  readonly from: number;
  readonly reason: ReferenceReason;
  readonly patterns: RetiredPatterns;
  readonly successorOf: FindSuccessor;
}

/** Image references in a text that is not read any further: they are told, never changed. */
export function scanText(text: string, scan: Scan): readonly FoundReference[] {
  return [...text.matchAll(scan.patterns.written)].map((match) => told(match, scan));
}

/** And hosts alone, and in addresses. */
export function scanMentions(text: string, scan: Omit<Scan, 'from' | 'reason'>): readonly FoundReference[] {
  const { mentioned } = scan.patterns;
  return [...text.matchAll(mentioned)].map((match) => told(match, { ...scan, from: 0, reason: 'mention' }));
}

/** What a reference should be, its placeholders kept as they are. */
function proposalFor(old: string, successorOf: FindSuccessor): string | null {
  const parts = old.match(placeholders) ?? [];
  // Each stands for something that a name, a tag and a digest may hold.
  const stand = (index: number): string => `nodemend0placeholder${index}x`;
  const written = parts.reduce((text, part, index) => text.replace(part, stand(index)), old);
  const reference = successorOf(written)?.reference;
  return reference === undefined
    ? null
    : parts.reduce((text, part, index) => text.replace(stand(index), () => part), reference);
}

function told({ 0: match, index }: RegExpExecArray, { from, reason, successorOf }: Scan): FoundReference {
  // A full stop, a colon or a slash that ends a word belongs to the sentence.
  const old = match.replace(/[.:/@+-]+$/, '');
  const start = from + index;
  return {
    start,
    end: start + old.length,
    old,
    new: proposalFor(old, successorOf),
    action: 'report',
    reason: reason !== 'mention' && reason !== 'encrypted' && old.search(placeholders) !== -1 ? 'template' : reason,
  };
}
