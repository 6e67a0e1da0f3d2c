/** What stands where a secret was. Always the same, so that not even the length of a secret is told. */
export const mask = '***';

/** A part of a text, from `start` up to but not including `end`, and what is put in its place. */
export interface Masked {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** The text with each part replaced; parts are in order and do not overlap. All the rest is kept as it is. */
export function replaceParts(text: string, parts: readonly Masked[]): string {
  if (parts.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, by } of parts) {
    pieces.push(text.slice(at, start), by);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** The parts in the order of the text, each without what overlaps an earlier one; of two that begin together the longer. */
export function withoutOverlaps(parts: readonly Masked[]): readonly Masked[] {
  const kept: Masked[] = [];
  for (const part of parts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (part.start >= (kept.at(-1)?.end ?? 0)) kept.push(part);
  }
  return kept;
}
