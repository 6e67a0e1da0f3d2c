import type { ListedEntry, ListedNode } from '../../../app/documents/images/document.ts';
import type { ImagesDocument } from '../../../app/documents/images/schema.ts';
import { formatBytes } from '../../../locales/quantity.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { renderColumns, type Cell } from '../columns.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { marksOf } from './marks.ts';

/** What is known of an image that is there. */
const ofFound = ['pin', 'use', 'removable', 'unpacked', 'since', 'size', 'digest'] as const;
const columns = ['node', 'image', 'content', ...ofFound, 'tag', 'neededBy'] as const;
const nothing: Cell = { text: '-' };

/** `-o wide`: a row per node and image, nothing folded or cut; for `grep`, `sort` and `less -S`. */
export function renderImagesWide({ nodes }: ImagesDocument, { texts, paint }: RenderContext): string {
  const headers = columns.map((column) => ({ header: texts.t(`images.column.${column}`) }));
  const rows = nodes.flatMap((node) =>
    node.images.length === 0 ? [unlisted(node, texts)] : node.images.map((entry) => row(node, entry, texts)),
  );
  return joinBlocks([renderColumns(headers, rows, paint, undefined)]);
}

function row(node: ListedNode, entry: ListedEntry, texts: Texts): readonly Cell[] {
  const { name, content, found, neededBy } = entry;
  const by = neededBy.map((one) => (one.by === 'pod' ? one.name : one.by));
  return [
    { text: node.name },
    { text: name },
    { text: texts.t(`images.mark.${content}`), tone: marksOf(entry).tone },
    ...(found === undefined ? ofFound.map(() => nothing) : foundCells(found, texts)),
    { text: tagWords(entry, texts) },
    { text: by.join(',') || '-' },
  ];
}

/** What is amiss with the tag. */
function tagWords({ tagMoved, tagReplaced }: ListedEntry, { t }: Texts): string {
  const words = [
    ...(tagMoved === true ? [t('images.tag.moved')] : []),
    ...(tagReplaced === undefined ? [] : [t(`images.tag.${tagReplaced.state}`)]),
  ];
  return words.join(', ') || '-';
}

function foundCells(found: NonNullable<ListedEntry['found']>, { t }: Texts): readonly Cell[] {
  const { pin, use, collection, unpacked, since, bytes, digest } = found;
  return [
    t(`images.pin.${pin}`),
    t(`images.use.${use}`),
    t(`images.collection.${collection}`),
    t(`images.unpacked.${unpacked === null ? 'unknown' : unpacked ? 'yes' : 'no'}`),
    since === null ? t('images.unpacked.unknown') : since.at.slice(0, 10),
    bytes === null ? t('images.unpacked.unknown') : formatBytes(bytes),
    digest ?? '-',
  ].map((text) => ({ text }));
}

function unlisted({ name, reason, state }: ListedNode, { t }: Texts): readonly Cell[] {
  const why = reason === undefined ? t(`status.${state === 'seen' ? 'unknown' : state}`) : t(`reason.${reason}.what`);
  return [{ text: name }, nothing, { text: why, tone: 'unknown' }, ...columns.slice(3).map(() => nothing)];
}
