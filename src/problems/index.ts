import { guideSections } from '../platforms/nks/guide-sections.ts';
import type { CatalogueEntry } from './catalogue-entry.ts';
import * as list from './list.ts';

const headings = guideSections.map(({ ko }) => ko);

/** Every problem nodemend knows (`list.ts`), in the guide's order; what the guide has not comes last. */
export const problemCatalogue: readonly CatalogueEntry[] = (Object.values(list) as readonly CatalogueEntry[]).toSorted(
  (one, other) => place(one) - place(other),
);

function place({ meta }: CatalogueEntry): number {
  const at = headings.indexOf(meta.guideSection);
  return at === -1 ? headings.length : at;
}
