import { isSpace } from './characters.ts';
import { fnmatch } from './fnmatch.ts';
import type { Release } from './release.ts';

/** A pattern of file names that the reader of an included folder passes over. */
export type TabooPattern = string;

export function defaultTaboo(release: Release): readonly TabooPattern[] {
  return release.tabooEndings.map((ending) => `*${ending}`);
}

/** The pattern that makes a folder's reader pass over this name, if any. */
export function tabooFor(name: string, taboo: readonly TabooPattern[], release: Release): TabooPattern | undefined {
  return taboo.find((pattern) => fnmatch(pattern, name, { period: !release.hiddenNamesCanBeTaboo }));
}

/**
 * The list after a `tabooext` (a list of endings) or `taboopat` (a list of patterns): with a leading `+` it grows, else
 * it is replaced. Parted by blanks and commas.
 */
export function changeTaboo(
  taboo: readonly TabooPattern[],
  value: string,
  directive: 'tabooext' | 'taboopat',
): readonly TabooPattern[] {
  const added = listItems(value.startsWith('+') ? value.slice(1) : value);
  const patterns = directive === 'taboopat' ? added : added.map((ending) => `*${ending}`);
  return value.startsWith('+') ? [...taboo, ...patterns] : patterns;
}

function listItems(list: string): readonly string[] {
  const items: string[] = [];
  let item = '';
  for (const character of `${list},`) {
    if (character === ',' || isSpace(character)) {
      if (item !== '') items.push(item);
      item = '';
    } else {
      item += character;
    }
  }
  return items;
}
