import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import { parseYaml, valueOf } from './yaml-document.ts';

/** Keys of a KubeletConfiguration with the scalars that they are to have, none of which needs quotes in YAML. */
export type WantedKeys = Readonly<Record<string, string | number>>;

/**
 * A KubeletConfiguration with these values, every other byte as it was. Undefined where that cannot be promised:
 * several documents, flow style (JSON), a value that is not a plain scalar. What comes out has been read back and
 * compared.
 */
export function withKeys(text: string, values: WantedKeys): string | undefined {
  const document = parseYaml(text);
  if (document === undefined || !isMap(document.contents) || document.contents.flow || /^(?:\.\.\.|%)/m.test(text))
    return undefined;
  const edits = Object.entries(values).map(([key, value]) => editOf(document.contents as YAMLMap, key, String(value)));
  if (edits.includes(undefined)) return undefined;
  const edited = apply(
    text,
    edits.filter((edit) => edit !== undefined),
  );
  return isDeepStrictEqual(read(edited), { ...(read(text) as object), ...values }) ? edited : undefined;
}

/** Replaces what stands from one place to another; `append` stands behind the end. */
type Edit = { readonly from: number; readonly to: number; readonly put: string } | { readonly append: string };

function editOf(map: YAMLMap, key: string, value: string): Edit | undefined {
  const pair = map.items.find((item: Pair) => isScalar(item.key) && item.key.value === key);
  if (pair === undefined) return { append: `${key}: ${value}\n` };
  if (!isScalar(pair.value) || !pair.value.range || pair.value.value === null || pair.value.anchor !== undefined)
    return undefined;
  const [from, to] = pair.value.range;
  return { from, to, put: value };
}

function apply(text: string, edits: readonly Edit[]): string {
  const replaced = edits
    .filter((edit) => 'put' in edit)
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, put }) => now.slice(0, from) + put + now.slice(to), text);
  const added = edits.map((edit) => ('append' in edit ? edit.append : '')).join('');
  return added === '' ? replaced : `${replaced}${replaced.endsWith('\n') || replaced === '' ? '' : '\n'}${added}`;
}

function read(text: string): unknown {
  const document = parseYaml(text);
  return document && valueOf(document);
}
