import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { printable } from '../../../text/printable.ts';
import { scopeLine } from '../findings/scope.ts';
import { unknownSentences } from '../findings/unknown-block.ts';
import { groupUnknowns } from '../findings/unknowns.ts';
import { codeSpan, inlineText, markdownTable } from '../markdown/markdown-text.ts';
import { createPaint } from '../paint.ts';
import { columnWords, type Matrix, matrixOf } from './matrix.ts';
import { legendOf, nextCommand, notesOf, summaryOf, type ImagesReport } from './view.ts';

/** The matrix for a ticket or a chat; says the same as the view for a terminal. */
export function renderImagesMarkdown({ listing, document, repeat }: ImagesReport, texts: Texts): string {
  const { t } = texts;
  const matrix = matrixOf(document);
  const next = nextCommand(listing, document, repeat);
  const scope = scopeLine(listing.evidence, { texts, paint: createPaint(false), width: 100 }).join(' ');
  const unknown = groupUnknowns(listing.evidence, listing.unknown).map(
    (group) => `- ${inlineText(unknownSentences(group, texts).join(' '))}`,
  );
  const blocks = [
    `## ${inlineText(t('images.title'))}`,
    inlineText(scope),
    `**${inlineText(summaryOf(document, texts))}**`,
    matrix.rows.length === 0 ? '' : matrixTable(matrix, texts),
    inlineText(legendOf(matrix, texts)),
    columnTable(matrix, texts),
    inlineText(notesOf(document, texts).join(' ')),
    unknown.join('\n'),
    next === undefined ? '' : `${inlineText(t('next'))} ${codeSpan(next)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function matrixTable({ columns, rows }: Matrix, { t }: Texts): string {
  return markdownTable(
    [
      inlineText(t('images.column.image')),
      ...columns.map(({ label }) => label),
      inlineText(t('images.column.size')),
      inlineText(t('images.column.neededBy')),
    ],
    rows.map(({ name, cells, size, neededBy }) => [
      codeSpan(printable(name)),
      ...cells.map((cell) => (cell === undefined ? '' : codeSpan(cell.text))),
      inlineText(size ?? '-'),
      inlineText(printable(neededBy.join(', '))),
    ]),
  ).trimEnd();
}

function columnTable({ columns }: Matrix, texts: Texts): string {
  return markdownTable(
    ['', inlineText(texts.t('column.nodes')), ''],
    columns.map((column) => [
      column.label,
      codeSpan(printable(foldNodes(column.names))),
      inlineText(columnWords(column, texts)),
    ]),
  ).trimEnd();
}
