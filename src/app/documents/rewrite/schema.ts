import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const count = z.int().nonnegative();

const reference = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1).meta({ description: 'In UTF-16 units, as editors count.' }),
  old: z.string(),
  new: z.string().nullable().meta({ description: 'null where the successor is not known.' }),
  action: z.enum(['change', 'report']),
  reason: z.string().meta({ description: 'Stable id of why it is changed, or only reported.' }),
});

/** The published form of `rewrite -o json`. It grows by optional fields; anything else is a new version. */
export const rewriteSchema = z.strictObject({
  schema: z.literal('nodemend.dev/rewrite/v1'),
  references: z.array(reference),
  left: z
    .array(z.strictObject({ file: z.string(), why: z.string() }))
    .meta({ description: 'Files that were left alone: not looked into, or not written.' }),
  looked: count.meta({ description: 'How many files were looked into.' }),
  skipped: count.meta({ description: 'How many files of the folders were not, because of their names.' }),
});

export interface RewriteDocument extends Immutable<z.output<typeof rewriteSchema>> {}
