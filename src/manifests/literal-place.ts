import type { ScalarNode } from './yaml/tree.ts';

/**
 * Where the characters of a scalar's value stand in its source, one for one: not when quotes are doubled, characters
 * escaped or lines folded.
 */
export function literalPlace(
  text: string,
  node: ScalarNode,
): { readonly start: number; readonly end: number } | undefined {
  const { value } = node;
  if (value === '') return undefined;
  const source = text.slice(node.start, node.end);
  const quote = /^["']/.exec(source)?.[0] ?? '';
  if (source !== quote + value + quote) return undefined;
  const start = node.start + quote.length;
  return { start, end: start + value.length };
}
