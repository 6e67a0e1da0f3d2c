import { z } from 'zod';
import { driftSchema, driftSchemaName } from './schema.ts';

/** The comparison as JSON Schema (draft 2020-12), for `docs/reference/drift.schema.json`. */
export function driftJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(driftSchema, { io: 'output', unrepresentable: 'throw' });
  return {
    $schema,
    $id: `https://${driftSchemaName}`,
    title: 'Comparison of nodemend <problem> diff -o json',
    ...rest,
  };
}
