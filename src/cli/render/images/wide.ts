import type { ListedEntry, ListedNode } from '../../../app/documents/images/document.ts';
import type { ImagesDocument } from '../../../app/documents/images/schema.ts';
import { formatBytes } from '../../../app/texts/quantity.ts';
import { renderColumns, type Cell } from '../columns.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { marksOf } from './marks.ts';

const columns = ['node', 'image', 'content', 'pin', 'use', 'removable', 'size', 'digest', 'neededBy'] as const;

/** `-o wide`: a row per node and image, nothing folded or cut; for `grep`, `sort` and `less -S`. */
export function renderImagesWide({ nodes }: ImagesDocument, { texts: { t }, paint }: RenderContext): string {
  const row = (node: ListedNode, entry: ListedEntry): readonly Cell[] => {
    const { name, content, found, neededBy } = entry;
    return [
      { text: node.name },
      { text: name },
      { text: t(`images.mark.${content}`), tone: marksOf(entry).tone },
      { text: found === undefined ? '-' : t(`images.pin.${found.pin}`) },
      { text: found === undefined ? '-' : t(`images.use.${found.use}`) },
      { text: found === undefined ? '-' : t(`images.collection.${found.collection}`) },
      { text: sizeText(found?.bytes) },
      { text: found?.digest ?? '-' },
      { text: neededBy.length === 0 ? '-' : neededBy.map(({ by, name: who }) => (by === 'pod' ? who : by)).join(',') },
    ];
  };
  const headers = columns.map((column) => ({ header: t(`images.column.${column}`) }));
  const rows = nodes.flatMap((node) =>
    node.images.length === 0 ? [unlisted(node)] : node.images.map((entry) => row(node, entry)),
  );
  return joinBlocks([renderColumns(headers, rows, paint, undefined)]);

  function unlisted({ name, reason, state }: ListedNode): readonly Cell[] {
    const why = reason === undefined ? t(`status.${state === 'seen' ? 'unknown' : state}`) : t(`reason.${reason}.what`);
    return [
      { text: name },
      { text: '-' },
      { text: why, tone: 'unknown' },
      ...columns.slice(3).map(() => ({ text: '-' })),
    ];
  }
}

function sizeText(bytes: number | null | undefined): string {
  return bytes === undefined || bytes === null ? '-' : formatBytes(bytes);
}
