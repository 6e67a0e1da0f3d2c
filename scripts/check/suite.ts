import type { Need } from './needs.ts';

/** One part of the whole check, for example the linter or one vitest project. */
export interface Suite {
  readonly name: string;
  /** Begun with the first suite, and waited for at its own place: what takes minutes and needs nobody's result. */
  readonly early?: boolean;
  /** Without one of them it is not started. */
  readonly needs: readonly Need[];
  /** Test files that need more than their suite; the others run without them. */
  readonly files?: readonly SuiteFile[];
  /** `without`: those of `files` that are left out. */
  readonly run: (without?: readonly string[]) => Promise<SuiteResult>;
}

export interface SuiteFile {
  /** Below the checkout. */
  readonly path: string;
  readonly needs: readonly Need[];
}

export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** One line for each failure, naming it; a skipped test is one. */
  readonly failures: readonly string[];
  /** What the suite printed and nobody saw yet; shown when it failed. */
  readonly output: string;
  /** One line for each failure that was none when its file was run again alone; not counted. */
  readonly unstable?: readonly string[];
  /** The slowest test files, slowest first, where a suite has files. */
  readonly slowest?: readonly { readonly file: string; readonly ms: number }[];
}
