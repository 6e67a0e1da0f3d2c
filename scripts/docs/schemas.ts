import { driftJsonSchema } from '../../src/app/documents/drift/json-schema.ts';
import { findingsJsonSchema } from '../../src/app/documents/findings/json-schema.ts';
import { evidenceJsonSchema } from '../../src/evidence/evidence-schema.ts';
import { standingApprovalJsonSchema } from '../../src/engine/schedule/standing-approval-schema.ts';
import type { Page } from './page.ts';

/**
 * The published schemas: of `diagnose -o json`, of `<problem> diff -o json`, of a bundle, and of a standing approval.
 */
export const schemaPages: readonly Page[] = [
  { path: 'docs/reference/findings.schema.json', render: () => jsonText(findingsJsonSchema()) },
  { path: 'docs/reference/drift.schema.json', render: () => jsonText(driftJsonSchema()) },
  { path: 'docs/reference/evidence.schema.json', render: () => jsonText(evidenceJsonSchema()) },
  { path: 'docs/reference/standing-approval.schema.json', render: () => jsonText(standingApprovalJsonSchema()) },
];

function jsonText(schema: unknown): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
