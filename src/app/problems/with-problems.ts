import { loadProblems, type CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Ports } from '../ports.ts';
import { createTexts } from '../texts/texts.ts';

/** The problems that were loaded for a use-case; its texts have their words. */
export interface Loaded {
  readonly problems: readonly Problem[];
}

/**
 * The same with these problems and their words, which are loaded for it; with all where nobody knows which are needed.
 * What is about problems takes nothing less.
 */
export async function withProblems<Given extends Ports>(
  ports: Given,
  entries: readonly CatalogueEntry[] = problemCatalogue,
): Promise<Given & Loaded> {
  const problems = await loadProblems(entries);
  return { ...ports, problems, texts: createTexts(ports.texts.language, problems) };
}
