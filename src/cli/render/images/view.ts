import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import { isLacking, type ListedEntry } from '../../../app/documents/images/document.ts';
import type { ImagesDocument } from '../../../app/documents/images/schema.ts';
import type { ImageListing } from '../../../app/images/list-images.ts';
import { commandLine } from '../../../app/texts/command-line.ts';
import { formatBytes } from '../../../locales/quantity.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { printable } from '../../../text/printable.ts';
import { renderColumns, type Cell } from '../columns.ts';
import { scopeLine } from '../findings/scope.ts';
import { unknownBlock } from '../findings/unknown-block.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { displayWidth } from '../width.ts';
import { indented, labelled, wrapNodeSet, wrapSentence } from '../wrap.ts';
import { isCollectable, markNames } from './marks.ts';
import { columnWords, matrixOf, type Matrix, type NodeColumn } from './matrix.ts';
import { imageParagraphs, neededByText, nodeKinds } from './paragraphs.ts';

export interface ImagesReport {
  readonly listing: ImageListing;
  readonly document: ImagesDocument;
  /** How to reach the same nodes again; undefined where a bundle was read. */
  readonly repeat: readonly string[] | undefined;
}

/** Which image is on which node: nodes that do not differ are one column, which is named below. */
export function renderImages({ listing, document, repeat }: ImagesReport, context: RenderContext): string {
  const { texts, paint, width } = context;
  const matrix = matrixOf(document);
  const table = matrixLines(matrix, context);
  const isNarrow = table.some((line) => displayWidth(line) > width);
  const next = nextCommand(listing, document, repeat);
  return joinBlocks([
    scopeLine(listing.evidence, context),
    ...(isNarrow ? imageParagraphs(matrix, context) : [table]),
    wrapSentence(legendOf(matrix, texts), width).map((line) => paint('quiet', line)),
    ...(isNarrow ? nodeKinds(matrix, context) : [matrix.columns.flatMap((column) => columnLines(column, context))]),
    notesOf(document, texts).flatMap((note) => wrapSentence(note, width)),
    unknownBlock({ evidence: listing.evidence, diagnosis: { findings: listing.unknown, muted: [] } }, context),
    wrapSentence(summaryOf(document, texts), width),
    next === undefined ? [] : [`${paint('place', texts.t('next'))} ${printable(next)}`],
  ]);
}

function matrixLines({ columns, rows }: Matrix, { texts, paint, width }: RenderContext): readonly string[] {
  if (rows.length === 0) return [];
  const headers = [
    { header: texts.t('images.column.image') },
    ...columns.map(({ label }) => ({ header: label })),
    { header: texts.t('images.column.size'), align: 'right' as const },
    // In full with `-o wide`.
    { header: texts.t('images.column.neededBy'), atLeast: 12, optional: true },
  ];
  const cells = rows.map(({ name, cells: marks, size, neededBy }): readonly Cell[] => [
    { text: shownName(name) },
    ...marks.map((cell) => cell ?? { text: '' }),
    { text: size ?? '-' },
    { text: neededByText(neededBy) },
  ]);
  return renderColumns(headers, cells, paint, width);
}

/** What has no other name than its id, which `-o wide` has in full: whole, it would leave no room for a column of nodes. */
function shownName(name: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(name) ? `${name.slice(0, 'sha256:'.length + 12)}…` : name;
}

/** Only of the signs that are shown. */
export function legendOf({ rows }: Matrix, { t }: Texts): string {
  const shown = new Map(
    rows.flatMap(({ cells }) => cells.flatMap((cell) => cell?.marks ?? [])).map(({ name, sign }) => [name, sign]),
  );
  return markNames
    .flatMap((name) => {
      const sign = shown.get(name);
      return sign === undefined ? [] : [t('images.legend', { sign, words: t(`images.mark.${name}`) })];
    })
    .join('; ');
}

function columnLines(column: NodeColumn, context: RenderContext): readonly string[] {
  const { width } = context;
  const indent = ' '.repeat(column.label.length + 2);
  return [
    ...labelled({ text: column.label, tone: 'strong' }, columnWords(column, context.texts), context),
    ...indented(wrapNodeSet(printable(foldNodes(column.names)), width - indent.length), indent),
  ];
}

/** What the matrix does not show. */
export function notesOf({ nodes, pods }: ImagesDocument, { t }: Texts): readonly string[] {
  const most = Math.max(0, ...nodes.map(({ others }) => others?.images ?? 0));
  const loading = nodes.filter(({ downloads = [] }) => downloads.length > 0);
  const bytes = loading.flatMap(({ downloads = [] }) => downloads).reduce((sum, one) => sum + one.bytes, 0);
  const isAll = nodes.some(({ images }) => images.some(({ neededBy }) => neededBy.length === 0));
  return [
    ...(nodes.some(({ images }) => images.some(isOnlyCollectable)) ? [t('images.collectable')] : []),
    ...(pods === 'not-looked-at' ? [t('images.podsNotLookedAt')] : []),
    ...(loading.length === 0
      ? []
      : [t('images.downloads', { nodes: foldNodes(loading.map(({ name }) => name)), bytes: formatBytes(bytes) })]),
    ...(most === 0 || isAll ? [] : [t('images.others', { count: most })]),
  ];
}

/** What is needed and there, and marked; diagnose says nothing of it as long as the disk has room. */
function isOnlyCollectable({ neededBy, found }: ListedEntry): boolean {
  return neededBy.length > 0 && found !== undefined && isCollectable(found);
}

/** "All" only where every node was seen, and what it needs is known. */
export function summaryOf({ nodes, exitCode }: ImagesDocument, { t }: Texts): string {
  const lacking = nodes.filter(({ images }) => images.some(isLacking)).length;
  const unlisted = nodes.filter(({ state }) => state !== 'seen').length;
  const unseen = unlisted === 0 ? '' : ` ${t('images.summary.unlisted', { count: unlisted })}`;
  if (lacking > 0) return t('images.summary.lacking', { count: nodes.length, lacking }) + unseen;
  if (exitCode !== 0) return t('images.summary.unknown') + unseen;
  const needed = new Set(
    nodes.flatMap(({ images }) => images.filter(({ neededBy }) => neededBy.length > 0)).map(({ name }) => name),
  );
  return t('images.summary.there', { count: nodes.length, images: needed.size });
}

export function nextCommand(
  { evidence }: ImageListing,
  { exitCode }: ImagesDocument,
  repeat: readonly string[] | undefined,
): string | undefined {
  if (repeat === undefined || exitCode === 0) return undefined;
  return commandLine([
    'nodemend',
    ...(exitCode === 5 ? ['doctor'] : ['diagnose', ...evidence.scope.problems]),
    ...repeat,
  ]);
}
