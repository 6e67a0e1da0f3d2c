import { loadProblems } from '../catalogue-entry.ts';
import { problemCatalogue } from '../index.ts';

/** The whole catalogue, for tests that hold something of every problem. */
export const problems = await loadProblems(problemCatalogue);
