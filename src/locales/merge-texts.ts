import type { TextTree } from './translator.ts';

/**
 * One tree from several files; branches of the same name are joined, and a test holds that a leaf is in one file only.
 */
export function mergeTexts(...trees: readonly TextTree[]): TextTree {
  const merged: Record<string, string | TextTree> = {};
  for (const [key, value] of trees.flatMap((tree) => Object.entries(tree))) {
    const before = merged[key];
    merged[key] = typeof before === 'object' && typeof value === 'object' ? mergeTexts(before, value) : value;
  }
  return merged;
}
