import { retiredHosts, retiredPrefixes, type FindSuccessor } from '../registry/successor.ts';
import type { FoundReference, ReferenceReason } from './reference.ts';

const either = (texts: readonly string[]): string => texts.map((text) => RegExp.escape(text)).join('|');

/** A retired prefix that begins a word, and all that can belong to a reference behind it; not the host of a URL. */
const written = new RegExp(String.raw`(?<![\w./-])(?:${either(retiredPrefixes)})[\w./:@+-]*`, 'g');

/** The hosts themselves, wherever they stand. */
const mentioned = new RegExp(
  String.raw`(?<![\w.-])(?:(?:${either(retiredHosts)})(?![\w-]|\.\w)|(?:${either(retiredPrefixes)}))[\w./:@+-]*`,
  'g',
);

export interface Scan {
  /** Where the text begins in the file. */
  readonly from: number;
  readonly reason: ReferenceReason;
  readonly successorOf: FindSuccessor;
}

/** Image references in a text that is not read any further: they are told, never changed. */
export function scanText(text: string, scan: Scan): readonly FoundReference[] {
  return [...text.matchAll(written)].map((match) => told(match, scan));
}

/** And hosts alone, and in addresses. */
export function scanMentions(text: string, successorOf: FindSuccessor): readonly FoundReference[] {
  return [...text.matchAll(mentioned)].map((match) => told(match, { from: 0, reason: 'mention', successorOf }));
}

function told({ 0: match, index }: RegExpExecArray, { from, reason, successorOf }: Scan): FoundReference {
  // A full stop, a colon or a slash that ends a word belongs to the sentence.
  const old = match.replace(/[.:/@+-]+$/, '');
  const start = from + index;
  return { start, end: start + old.length, old, new: successorOf(old)?.reference ?? null, action: 'report', reason };
}
