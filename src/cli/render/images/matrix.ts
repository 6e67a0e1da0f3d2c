import type { ListedNode } from '../../../app/documents/images/document.ts';
import type { ImagesDocument } from '../../../app/documents/images/schema.ts';
import { formatBytes } from '../../../locales/quantity.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import { marksOf, unknownMarks, type CellMarks } from './marks.ts';

/** Nodes that have the same of every image that is shown: one column. */
export interface NodeColumn {
  /** From 1 on. */
  readonly label: string;
  /** Never empty; the first stands for all. */
  readonly first: ListedNode;
  readonly names: readonly string[];
}

export interface ImageRow {
  readonly name: string;
  /** One for each column; undefined where it is neither needed nor listed. */
  readonly cells: readonly (CellMarks | undefined)[];
  /** `320 KiB`; a range where nodes differ; undefined where nobody knows. */
  readonly size: string | undefined;
  readonly neededBy: readonly string[];
}

export interface Matrix {
  readonly columns: readonly NodeColumn[];
  readonly rows: readonly ImageRow[];
}

/** Node × image, with nodes that do not differ folded into one column: most first, so that 100 nodes are a few columns. */
export function matrixOf({ nodes }: Pick<ImagesDocument, 'nodes'>): Matrix {
  const groups = [...Map.groupBy(nodes, columnKey).values()].toSorted((a, b) => b.length - a.length);
  const columns = groups.flatMap((group, index): readonly NodeColumn[] => {
    const [first] = group;
    return first === undefined ? [] : [{ label: String(index + 1), first, names: group.map(({ name }) => name) }];
  });
  const byName = Map.groupBy(
    nodes.flatMap(({ images }) => images),
    ({ name }) => name,
  );
  const rows = [...byName].map(([name, entries]): ImageRow => ({
    name,
    cells: columns.map(({ first }) => {
      const entry = first.images.find((one) => one.name === name);
      if (entry !== undefined) return marksOf(entry);
      // What such a node needs besides is not known.
      return first.state === 'seen' ? undefined : unknownMarks;
    }),
    size: sizeOf(entries.flatMap(({ found }) => found?.bytes ?? [])),
    neededBy: [
      ...new Set(entries.flatMap(({ neededBy }) => neededBy.map(({ by, name: who }) => (by === 'pod' ? who : by)))),
    ].toSorted(),
  }));
  return { columns, rows: rows.toSorted(byNeedAndName) };
}

/** How many nodes, and what they have in common. */
export function columnWords({ first, names }: NodeColumn, { t }: Texts): string {
  const nodes = t('count.nodes', { count: names.length });
  if (first.runtime === undefined) return t(`images.nodes.${first.state}`, { nodes });
  return t('images.nodes.listed', { nodes, runtime: first.runtime, pins: t(`images.pins.${first.pins}`) });
}

/** What is needed comes before what is only there. */
function byNeedAndName(a: ImageRow, b: ImageRow): number {
  return Number(b.neededBy.length > 0) - Number(a.neededBy.length > 0) || (a.name < b.name ? -1 : 1);
}

function columnKey({ state, runtime, pins, images }: ListedNode): string {
  return JSON.stringify([state, runtime, pins, images.map((entry) => [entry.name, marksOf(entry).text])]);
}

function sizeOf(bytes: readonly number[]): string | undefined {
  if (bytes.length === 0) return undefined;
  const [least, most] = [Math.min(...bytes), Math.max(...bytes)].map(formatBytes);
  return least === most ? most : `${least}–${most}`;
}
