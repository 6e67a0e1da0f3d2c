import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';

/** What the commands of `images` are about. */
export const imageEntries: readonly CatalogueEntry[] = problemCatalogue.filter(({ meta }) => meta.tellsImages);
