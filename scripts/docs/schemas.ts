import { driftJsonSchema } from '../../src/cli/render/drift/json-schema.ts';
import { findingsJsonSchema } from '../../src/cli/render/findings/json-schema.ts';
import { evidenceJsonSchema } from '../../src/evidence/evidence-schema.ts';
import type { Page } from './page.ts';

/** The published schemas: of `diagnose -o json`, of `<problem> diff -o json`, and of a bundle. */
export const schemaPages: readonly Page[] = [
  { path: 'docs/reference/findings.schema.json', render: () => jsonText(findingsJsonSchema()) },
  { path: 'docs/reference/drift.schema.json', render: () => jsonText(driftJsonSchema()) },
  { path: 'docs/reference/evidence.schema.json', render: () => jsonText(evidenceJsonSchema()) },
];

function jsonText(schema: unknown): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
