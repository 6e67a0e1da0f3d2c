import type { TextTree } from './translator.ts';

/** One tree from several files; branches of the same name are joined, and a leaf may be in one file only. */
export function mergeTexts(...trees: readonly TextTree[]): TextTree {
  const merged: Record<string, string | TextTree> = {};
  for (const [key, value] of trees.flatMap((tree) => Object.entries(tree))) {
    const before = merged[key];
    if (before === undefined) merged[key] = value;
    else if (typeof before === 'object' && typeof value === 'object') merged[key] = mergeTexts(before, value);
    else throw new TypeError(`two texts for ${key}`);
  }
  return merged;
}
