import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { formatQuantity } from '../../locales/quantity.ts';
import type { TextParams } from '../../locales/translator.ts';

/** So many different values are named in a sentence; of more, the first ones and how many there are besides. */
const namedValues = 3;

/**
 * What fills one sentence that stands for several findings or errors: equal values stay, numbers become a range, node
 * names a node set, other texts a short list. A number whose name ends in `bytes` is told in KiB, MiB, GiB.
 *
 * `count` chooses the plural form, so it stays a number: the largest.
 */
export function mergeParams(all: readonly TextParams[]): TextParams {
  const names = new Set(all.flatMap((params) => Object.keys(params)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      mergeValues(
        name,
        all.map((params) => params[name]),
      ),
    ]),
  );
}

function mergeValues(name: string, values: readonly (string | number | undefined)[]): string | number {
  const present = [...new Set(values)].filter((value) => value !== undefined);
  const numbers = present.filter((value) => typeof value === 'number');
  if (name === 'count') return Math.max(...numbers);
  if (numbers.length < present.length) return mergeTexts(name, present.map(String));
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const [from, to] = [formatQuantity(name, least), formatQuantity(name, most)];
  return from === to ? to : `${from}–${to}`;
}

function mergeTexts(name: string, texts: readonly string[]): string {
  // No name has a comma: one text may list many nodes.
  if (name === 'node' || name === 'nodes') return foldNodes(texts.flatMap((text) => text.split(', ')));
  if (texts.length <= namedValues) return texts.join(', ');
  return `${texts.slice(0, namedValues).join(', ')}, … (+${texts.length - namedValues})`;
}
