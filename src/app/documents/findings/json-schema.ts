import { z } from 'zod';
import { findingsSchema, findingsSchemaName } from './schema.ts';

/** The findings document as JSON Schema (draft 2020-12), for `docs/reference/findings.schema.json`. */
export function findingsJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(findingsSchema, { io: 'output', unrepresentable: 'throw' });
  return {
    $schema,
    $id: `https://${findingsSchemaName}`,
    title: 'Findings of nodemend diagnose -o json',
    ...rest,
  };
}
