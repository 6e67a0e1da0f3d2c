import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { runs } from '../../../../test/runs.ts';
import { codeSpan, fencedText, inlineText, markdownTable } from './markdown-text.ts';

/** A reader of CommonMark with GitHub's tables, strikethrough and automatic links, as forges have them. */
const reader = new MarkdownIt({ html: true, linkify: true });

const piece = fc.constantFrom(
  '|',
  '\\',
  '`',
  '``',
  '```',
  '~~~',
  '~~',
  '*',
  '**',
  '_',
  '[a](http://x.test)',
  '![',
  '<b>',
  '<!--',
  '&amp;',
  '&#64;',
  '#',
  '# ',
  '- ',
  '+ ',
  '1. ',
  '2) ',
  '> ',
  '---',
  '===',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  ' ',
  '@all',
  'http://evil.test/x',
  'www.evil.test',
  'mailto:a@b.test',
  'https://',
  ':smile:',
  '$x$',
  '^',
  'a',
  '한글',
  '|---|',
  '\\|',
  '{',
  '}',
  '(',
  ')',
  '!',
);
const nasty = fc
  .array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 10 })
  .map((pieces) => pieces.join(''))
  .map((text) => text.replaceAll('\0', ''));
/** As a paragraph shows whitespace. */
const shown = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

interface Read {
  readonly kinds: ReadonlySet<string>;
  readonly text: string;
}

/** What a reader sees: the kinds of markup, and the text. */
function read(
  tokens: readonly {
    readonly type: string;
    readonly content: string;
    readonly children?: readonly { readonly type: string; readonly content: string }[] | null;
  }[],
): Read {
  const inline = tokens.flatMap(({ children }) => children ?? []);
  return {
    kinds: new Set([...tokens, ...inline].map(({ type }) => type)),
    text: inline.map(({ content }) => content).join(''),
  };
}

const plain = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'text_special']);

test('whatever a text holds, a reader sees that text and no markup', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const { kinds, text: seen } = read(reader.parse(inlineText(text), {}));
      expect([...kinds].filter((kind) => !plain.has(kind))).toEqual([]);
      expect(shown(seen)).toBe(shown(text));
    }),
    { numRuns: runs(2000) },
  );
});

test('a code span shows its text, letter by letter', () => {
  fc.assert(
    fc.property(
      nasty.filter((text) => shown(text) !== ''),
      (text) => {
        const tokens = reader.parse(`x ${codeSpan(text)} y`, {});
        const inline = tokens.flatMap(({ children }) => children ?? []);
        if (!text.includes('|')) expect(inline.map(({ type }) => type)).toEqual(['text', 'code_inline', 'text']);
        expect(shown(inline.map(({ content }) => content).join(''))).toBe(`x ${shown(text)} y`);
      },
    ),
    { numRuns: runs(2000) },
  );
});

test('a fence holds its lines, fences in them included', () => {
  fc.assert(
    fc.property(
      nasty.map((text) => text.replaceAll('\r', '')),
      (text) => {
        const tokens = reader.parse(`${fencedText(text)}after\n`, {});
        expect(tokens[0]?.type).toBe('fence');
        expect(tokens[0]?.content).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`);
        expect(tokens.length).toBe(4);
      },
    ),
    { numRuns: runs(1000) },
  );
});

test('a table has the cells that it was given, and each its text', () => {
  const row = fc.tuple(nasty, nasty, nasty);
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), (rows) => {
      const tokens = reader.parse(
        markdownTable(
          ['a', 'b', 'c'],
          rows.map(([x, y, z]) => [inlineText(x), codeSpan(y), inlineText(z)]),
        ),
        {},
      );
      const cells = tokens.filter((_token, index) => tokens[index - 1]?.type === 'td_open').map((cell) => read([cell]));
      expect(cells.map(({ text }) => shown(text))).toEqual(rows.flat().map(shown));
      expect(new Set(cells.flatMap(({ kinds }) => [...kinds]))).not.toContain('link_open');
    }),
    { numRuns: runs(1000) },
  );
});
