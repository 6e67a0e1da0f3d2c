import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isText } from './is-text.ts';
import { readWithLibrary } from './library-tree.ts';
import { readPlainYaml } from './plain-reader.ts';
import type { ReadYaml, YamlNode } from './tree.ts';

const needles = /k8s\.gcr\.io|flannel/g;

/**
 * A tree as both readers have to give it: of what is not text, only the place; of a block, where it begins and what is
 * in it.
 */
function comparable(node: YamlNode): unknown {
  if (node?.kind === 'map')
    return {
      at: node.start,
      pairs: node.pairs.map(({ key, value }) => [comparable(key), comparable(value)]),
    };
  if (node?.kind === 'list') return node.items.map(comparable);
  if (node?.kind !== 'scalar') return node;
  const { value, start, end, isBlock } = node;
  if (isBlock) return { block: value.replaceAll(/\s+/g, ' ').trim(), start };
  if (isText(node)) return { value, start, end };
  // A key without a value is null where its value would be.
  return start === end ? undefined : { start, end };
}

function whole(read: ReadYaml): unknown {
  if (read === 'template') return read;
  const documents = read.map(({ root, candidates }) => ({
    root: comparable(root),
    candidates: candidates
      .map(({ node, key }) => [node.start, /\s/.test(node.value.trim()) ? key.replace(/^on$/, 'true') : ''])
      .toSorted(([a], [b]) => Number(a) - Number(b)),
  }));
  // What holds nothing does not matter, and whether `---` begins or ends one.
  return documents.filter(({ root }) => root !== undefined);
}

/** What the library makes of a text; `template` also where it finds an error beside braces. */
function byLibrary(text: string): unknown {
  const read = readWithLibrary(text, (written) => written.search(needles) !== -1);
  return read === undefined ? (text.includes('{{') ? 'template' : undefined) : whole(read);
}

function byHand(text: string): ReadYaml | undefined {
  return readPlainYaml(
    text,
    Array.from(text.matchAll(needles), ({ index }) => index),
  );
}

let [read, declined] = [0, 0];

function holds(text: string): void {
  const plain = byHand(text);
  if (plain === undefined) {
    declined++;
    return;
  }
  read++;
  expect(whole(plain), text).toEqual(byLibrary(text));
}

const word = fc.constantFrom(
  'a',
  'name',
  'image',
  'k8s.gcr.io/a:1',
  'x',
  'yes',
  '1',
  '1.5',
  '~',
  'null',
  '0x1f',
  '1:30',
  '2001-01-01',
  '-x',
  '--flag=1',
  'a b',
  'http://x/y',
  '"q"',
  "'s'",
  '"a: b"',
  "'it # is'",
  '"k8s.gcr.io"',
  '{}',
  '[]',
  '[a, b]',
  '{a: b, "c":"d"}',
  '[k8s.gcr.io/b:2]',
  '.inf',
  '<<',
  '=',
  '{{ .x }}',
  'a {{ .x }}',
  '"{{ x }}"',
  'a:',
  'a #b',
  'a#b',
  '%x',
  '@x',
  '`x',
  '!x',
  '&x',
  '*x',
  '?',
  '? x',
  ':x',
  ',',
  ']',
  '}',
  '|',
  '>-',
  '|2',
  '>+',
  '"open',
  "it's",
  "''",
  '""',
  "'a''b'",
  '"a\\n"',
  '-',
  '...',
  '---',
  '#',
  '[a',
  '{a: {b: [c, {d: e}]}}',
  '[-1, -a]',
  '[a b , c]',
  '{a : b}',
  '{a}',
  '[a: b]',
  'é 한글',
  '\u00A0x\u00A0',
  'flannel',
);
const key = fc.constantFrom(
  'a',
  'name',
  'image',
  'kind',
  'k8s.gcr.io/x',
  '"q k"',
  "'s'",
  '.dot',
  '1',
  'on',
  'a-b',
  'a b',
  '<<',
  '',
  '- a',
  '- - b',
  '- ',
  '-',
  'sops',
  '{{ a }}',
  '? a',
  '"a',
  '/x',
  '-a',
  '...',
  'A_b.c/d-e',
);
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat({ max: 4 }), key, fc.constantFrom(': ', ':', ':  ', ' : ', ': # c\n'), word)
      .map(([indent, name, colon, value]) => `${'  '.repeat(indent)}${name}${colon}${value}`),
  },
  { weight: 4, arbitrary: fc.tuple(fc.nat({ max: 4 }), key).map(([indent, name]) => `${'  '.repeat(indent)}${name}:`) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.nat({ max: 4 }), fc.constantFrom('- ', '-   ', '- - '), word)
      .map(([indent, dash, value]) => `${'  '.repeat(indent)}${dash}${value}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat({ max: 4 }), key, word)
      .map(([indent, name, value]) => `${'  '.repeat(indent)}- ${name}: ${value}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '   ',
      '# c',
      '   # k8s.gcr.io',
      '---',
      '--- # c',
      '--- a',
      '...',
      '%YAML 1.1',
      ' odd: 1',
      '{{- if x }}',
      '  {{ end }}',
      '\t',
      '\r',
      '     text',
      '{',
      '}',
      ']',
      '"a": 1,',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat({ max: 4 })
      .chain((indent) =>
        fc
          .constantFrom('|', '>', '|-', '>+', '| ', '| # c')
          .map(
            (head) =>
              `${'  '.repeat(indent)}b: ${head}\n${'  '.repeat(indent + 1)}k8s.gcr.io/a\n\n${'  '.repeat(indent + 1)} more: 1`,
          ),
      ),
  },
);
const anyText = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));

/** Nested as manifests are, so that much of it is not declined. */
const scalar = fc.constantFrom(
  'a',
  '1',
  'k8s.gcr.io/a:1',
  '"q r"',
  "'s'",
  '[a, "b"]',
  '{a: 1}',
  'x # c',
  '--flag',
  'flannel',
  '',
  '|\n',
  '{}',
  '"{{ .x }}"',
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc
      .array(fc.tuple(fc.constantFrom('a', 'name', 'image', 'b-c', '"q"'), tie('node')), { minLength: 1, maxLength: 3 })
      .map((pairs) => ({ pairs })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((items) => ({ items })),
  ),
})).node;

function print(node: unknown, indent: number, isFlush: boolean): string {
  const pad = ' '.repeat(indent);
  if (typeof node === 'string')
    return node === '|\n' ? ` |\n${pad}  text k8s.gcr.io/b\n\n${pad}  more` : node === '' ? '' : ` ${node}`;
  const { pairs, items } = node as { pairs?: [string, unknown][]; items?: unknown[] };
  if (pairs)
    return pairs
      .map(
        ([name, value]) =>
          `\n${pad}${name}:${print(value, isFlush && (value as { items?: unknown }).items ? indent : indent + 2, isFlush)}`,
      )
      .join('');
  return (items ?? [])
    .map((item) => {
      const inside = print(item, indent + 2, isFlush);
      // Compact: the first line beside the dash.
      return `\n${pad}-${inside.startsWith('\n') ? ` ${inside.slice(1).trimStart()}` : inside}`;
    })
    .join('');
}

test('what is read by hand is what the library reads, of any lines', () => {
  [read, declined] = [0, 0];
  fc.assert(fc.property(anyText, holds), { numRuns: Number(process.env['NODEMEND_YAML_TEXTS'] ?? 5_000) });
  expect(read).toBeGreaterThan(500);
});

test('and of texts that are nested as manifests are, few of which are left to the library', () => {
  [read, declined] = [0, 0];
  fc.assert(
    fc.property(tree, fc.boolean(), (node, isFlush) => holds(`${print(node, 0, isFlush).replace(/^\n/, '')}\n`)),
    { numRuns: 3_000 },
  );
  expect(declined / (read + declined)).toBeLessThan(0.35);
});

test('and of JSON', () => {
  [read, declined] = [0, 0];
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 2), (json, space) => {
      holds(
        JSON.stringify({ image: 'k8s.gcr.io/a:1', json: JSON.parse(json) as unknown }, null, space).replaceAll(
          '\\',
          '/',
        ),
      );
    }),
    { numRuns: 1_000 },
  );
  expect(declined / (read + declined)).toBeLessThan(0.5);
});

const root = join(import.meta.dirname, '../../..');
const real = ['deploy', 'examples', 'lab', 'testbed', '.github', 'src'].flatMap((folder) => {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ya?ml|json)$/.test(name))
      .map((name) => join(root, folder, name));
  } catch {
    return [];
  }
});

test('and of every YAML and JSON file of this project', () => {
  for (const file of real) holds(readFileSync(file, 'utf8'));
  expect(real.length).toBeGreaterThan(50);
});
