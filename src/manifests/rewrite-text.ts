import type { FoundReference } from './reference.ts';

/** The text with its changes made: not one character outside of them is another. */
export function rewriteText(text: string, found: readonly FoundReference[]): string {
  const changes = found.filter(({ action }) => action === 'change');
  let rewritten = '';
  let end = 0;
  for (const { start, end: after, new: replacement } of changes) {
    rewritten += text.slice(end, start) + (replacement ?? text.slice(start, after));
    end = after;
  }
  return rewritten + text.slice(end);
}
