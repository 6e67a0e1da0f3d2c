import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { printable } from '../../../text/printable.ts';
import type { Tone } from '../paint.ts';
import type { RenderContext } from '../render-context.ts';
import { displayWidth } from '../width.ts';
import { hanging, indented, wrapNodeSet, wrapSentence } from '../wrap.ts';
import type { CellMarks } from './marks.ts';
import { columnWords, type ImageRow, type Matrix, type NodeColumn } from './matrix.ts';

/** In this order: what is amiss is read first. */
const gravity: readonly Tone[] = ['fail', 'unknown', 'warn', 'ok'];

interface Having {
  readonly cell: CellMarks;
  readonly names: readonly string[];
}

/**
 * Where nodes differ in so much that the matrix is wider than the terminal: a paragraph for each image, with its nodes by
 * what they have of it. If most nodes have it, their number is enough; all others are named.
 */
export function imageParagraphs({ columns, rows }: Matrix, context: RenderContext): readonly (readonly string[])[] {
  return rows.map((row) => [...head(row, context), ...havings(row, columns).flatMap((one) => lines(one, context))]);
}

function head({ name, size, neededBy }: ImageRow, { paint, width }: RenderContext): readonly string[] {
  const words = printable([size ?? '-', neededByText(neededBy)].join(', '));
  return [
    ...wrapSentence(printable(name), width).map((line) => paint('strong', line)),
    ...indented(wrapSentence(words, width - indent.length), indent),
  ];
}

export function neededByText(neededBy: readonly string[]): string {
  return neededBy.length === 0 ? '-' : neededBy.join(', ');
}

const indent = '  ';

interface Said extends Having {
  readonly isNamed: boolean;
}

function havings({ cells }: ImageRow, columns: readonly NodeColumn[]): readonly Said[] {
  const pairs = columns.flatMap(({ names }, at) => {
    const cell = cells[at];
    return cell === undefined ? [] : [{ cell, names }];
  });
  const groups = [...Map.groupBy(pairs, ({ cell }) => cell.text).values()].flatMap((ones): readonly Having[] => {
    const [first] = ones;
    return first === undefined ? [] : [{ cell: first.cell, names: ones.flatMap(({ names }) => names) }];
  });
  const most = Math.max(...groups.map(({ names }) => names.length));
  const isThere = ({ cell: { tone } }: Having): boolean => tone === 'ok' || tone === 'warn';
  const usual = groups.find((group) => isThere(group) && group.names.length === most);
  return groups
    .toSorted((a, b) => gravity.indexOf(a.cell.tone) - gravity.indexOf(b.cell.tone) || a.names.length - b.names.length)
    .map((group) => ({ ...group, isNamed: group !== usual }));
}

const marksWidth = 4;

function lines({ cell, names, isNamed }: Said, context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const label = { text: cell.text.padEnd(marksWidth), tone: cell.tone, gap: 1 };
  const hang = indent + ' '.repeat(displayWidth(label.text) + label.gap);
  const count = hanging(label, texts.t('count.nodes', { count: names.length }), {
    ...context,
    width: width - indent.length,
  });
  const set = isNamed ? indented(wrapNodeSet(printable(foldNodes(names)), width - hang.length), hang) : [];
  return [...indented(count, indent), ...set];
}

/** What nodes have in common beside their images: how many, and which. */
export function nodeKinds({ columns }: Matrix, context: RenderContext): readonly (readonly string[])[] {
  const kinds = Map.groupBy(columns, ({ first: { state, runtime, pins } }) => JSON.stringify([state, runtime, pins]));
  return [...kinds.values()].flatMap((ones) => {
    const [one] = ones;
    if (one === undefined) return [];
    const names = ones.flatMap((each) => each.names);
    const words = wrapSentence(columnWords({ ...one, names }, context.texts), context.width);
    return [
      [
        ...words.map((line) => context.paint('strong', line)),
        ...indented(wrapNodeSet(printable(foldNodes(names)), context.width - indent.length), indent),
      ],
    ];
  });
}
