import type { Scalar } from 'yaml';

/**
 * Where the characters of a scalar's value stand in its source, one for one: not when quotes are doubled, characters
 * escaped or lines folded.
 */
export function literalPlace(
  text: string,
  { range, value }: Scalar<string>,
): { readonly start: number; readonly end: number } | undefined {
  if (!range || value === '') return undefined;
  const source = text.slice(range[0], range[1]);
  const quote = /^["']/.exec(source)?.[0] ?? '';
  if (source !== quote + value + quote) return undefined;
  const start = range[0] + quote.length;
  return { start, end: start + value.length };
}
