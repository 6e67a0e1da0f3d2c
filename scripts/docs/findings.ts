import { findingsJsonSchema } from '../../src/cli/render/findings/json-schema.ts';
import type { Page } from './page.ts';

/** The published schema of `diagnose -o json`. */
export const findingsPages: readonly Page[] = [
  { path: 'docs/reference/findings.schema.json', render: () => `${JSON.stringify(findingsJsonSchema(), undefined, 2)}\n` },
];
