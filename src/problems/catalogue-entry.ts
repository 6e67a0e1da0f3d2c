import type { Language } from '../locales/language.ts';
import type { TextTree } from '../locales/translator.ts';
import type { ProblemInputs } from './inputs.ts';
import type { Problem, ProblemMeta } from './problem.ts';

/**
 * A problem as the catalogue lists it: what can be said of it at once, and where the rest is. Every start of nodemend
 * reads all entries, so that what is behind a function is loaded only by who asks for it.
 */
export interface CatalogueEntry {
  readonly meta: ProblemMeta;
  /** The folder's inputs.ts, for a problem whose remedies take more than their names. */
  readonly inputs?: () => Promise<ProblemInputs>;
  /** The folder's text.ko.json and text.en.json, without its code. */
  readonly texts: Readonly<Record<Language, () => Promise<TextTree>>>;
  /** The folder's README.md and README.ko.md: the page that users read, also shown by `explain`. */
  readonly page: Readonly<Record<Language, () => Promise<string>>>;
  /** All that it does. */
  readonly load: () => Promise<Problem>;
}

/** All that these problems do. */
export async function loadProblems(entries: readonly CatalogueEntry[]): Promise<readonly Problem[]> {
  return Promise.all(entries.map(({ load }) => load()));
}
