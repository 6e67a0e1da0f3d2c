import stringWidth from 'string-width';
import { styledText, type Span } from './styled-text.ts';

/** Pixels of one character cell; a wide (Korean) character takes two. */
const cell = { width: 8.4, height: 19 };
const padding = 16;
const fontSize = 14;
const ink = '#d8dee6';
const paper = '#161b22';

/** The sixteen colours, readable on the dark background. */
const palette = [
  '#484f58',
  '#ff7b72',
  '#56d364',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#d8dee6',
  '#8b949e',
  '#ffa198',
  '#7ee787',
  '#f2cc60',
  '#a5d6ff',
  '#e2c5ff',
  '#b3f0ff',
  '#ffffff',
];

/** Draws the lines of a terminal screen (text with SGR sequences) as an SVG picture of `columns` cells width. */
export function terminalSvg(lines: readonly string[], columns: number, title: string): string {
  const width = Math.ceil(columns * cell.width + 2 * padding);
  const height = Math.ceil(lines.length * cell.height + 2 * padding);
  const rows = lines.map((line, row) => drawLine(styledText(line), padding + row * cell.height)).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${paper}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK KR', monospace" ` +
      `font-size="${fontSize}" xml:space="preserve">`,
    rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(spans: readonly Span[], top: number): string {
  let column = 0;
  const drawn: string[] = [];
  for (const span of spans) {
    const cells = stringWidth(span.text);
    drawn.push(drawBackground(span, column, cells, top), drawText(span, column, top));
    column += cells;
  }
  return drawn
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('');
}

function drawBackground(span: Span, column: number, cells: number, top: number): string {
  const fill = span.inverse ? colour(span.foreground, ink) : colour(span.background, '');
  if (fill === '') return '';
  return `<rect x="${x(column)}" y="${top.toFixed(1)}" width="${(cells * cell.width).toFixed(1)}" height="${cell.height}" fill="${fill}"/>`;
}

/**
 * Every piece is stretched to its cells, so that columns stay aligned in whatever font a reader has. Blanks are room,
 * not text.
 */
function drawText(span: Span, column: number, top: number): string {
  const text = span.text.trim();
  if (text === '') return '';
  const blanks = span.text.length - span.text.trimStart().length;
  const attributes = [
    `x="${x(column + blanks)}"`,
    `y="${(top + fontSize).toFixed(1)}"`,
    `textLength="${(stringWidth(text) * cell.width).toFixed(1)}"`,
    `fill="${span.inverse ? colour(span.background, paper) : colour(span.foreground, ink)}"`,
    ...(span.bold ? ['font-weight="bold"'] : []),
    ...(span.dim ? ['opacity="0.65"'] : []),
    ...(span.underline ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${escaped(text)}</text>`;
}

function x(column: number): string {
  return (padding + column * cell.width).toFixed(1);
}

function colour(index: number | undefined, otherwise: string): string {
  return index === undefined ? otherwise : (palette[index] ?? otherwise);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
