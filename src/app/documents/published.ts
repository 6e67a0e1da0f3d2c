import { z } from 'zod';
import type { Plan } from '../../engine/plan.ts';
import { planShape } from '../../engine/plan-schema.ts';
import { standingApprovalJsonSchema } from '../../engine/schedule/standing-approval-schema.ts';
import { evidenceJsonSchema } from '../../evidence/evidence-schema.ts';
import { bootArgumentSchema } from './boot-argument/schema.ts';
import { doctorSchema } from './doctor/schema.ts';
import { driftSchema } from './drift/schema.ts';
import { exportedImagesSchema } from './exported-images/schema.ts';
import { findingsSchema } from './findings/schema.ts';
import { historySchema } from './history/schema.ts';
import { imagesSchema } from './images/schema.ts';
import type { Immutable } from './immutable.ts';
import { rateLimitSchema } from './rate-limit/schema.ts';
import { rewriteSchema } from './rewrite/schema.ts';
import { runEventSchema } from './run-events/schema.ts';
import { schedulesSchema } from './schedules/schema.ts';
import { verificationSchema } from './verification/schema.ts';
import { watchEventSchema } from './watch-events/schema.ts';

/** What commands print as JSON, by the name of its schema: `nodemend.dev/<name>/v1`. */
const printed = {
  'boot-argument': { schema: bootArgumentSchema, title: 'nodemend boot-argument -o json' },
  doctor: { schema: doctorSchema, title: 'nodemend doctor -o json' },
  drift: { schema: driftSchema, title: 'Comparison of nodemend <problem> diff -o json' },
  'exported-images': { schema: exportedImagesSchema, title: 'nodemend images export -o json' },
  findings: { schema: findingsSchema, title: 'Findings of nodemend diagnose -o json' },
  history: { schema: historySchema, title: 'Runs of nodemend history -o json' },
  images: { schema: imagesSchema, title: 'Images of nodemend images list -o json' },
  plan: { schema: planShape, title: 'Plan of nodemend plan -o json' },
  'rate-limit': { schema: rateLimitSchema, title: 'Quotas of nodemend rate-limit -o json' },
  rewrite: { schema: rewriteSchema, title: 'References of nodemend rewrite -o json' },
  'run-event': { schema: runEventSchema, title: 'A line of nodemend apply, undo or resume -o json' },
  schedules: { schema: schedulesSchema, title: 'Schedules of nodemend schedule status -o json' },
  verification: { schema: verificationSchema, title: 'nodemend verify -o json' },
  'watch-event': { schema: watchEventSchema, title: 'A line of nodemend diagnose --watch -o json after the first' },
} as const satisfies Readonly<Record<string, { readonly schema: z.ZodType; readonly title: string }>>;

/** What nodemend writes into files that others read. */
const written = { evidence: evidenceJsonSchema, 'standing-approval': standingApprovalJsonSchema };

type PrintedName = keyof typeof printed;
type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * All that a command may print as JSON or YAML: what has no published schema does not compile. The compiler gives up
 * on what the schema of a plan says of actions, so that is named by its type.
 */
export type PrintedDocument = Plan | Immutable<z.output<(typeof printed)[Exclude<PrintedName, 'plan'>]['schema']>>;

/** What commands print, as JSON Schema (draft 2020-12). */
export function printedSchema(name: PrintedName): JsonSchema {
  const { schema, title } = printed[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'throw' });
  return { $schema, $id: `https://nodemend.dev/${name}/v1`, title, ...rest };
}

/** All of them by name, for `docs/reference/<name>.schema.json`. */
export const publishedSchemas: ReadonlyMap<string, () => JsonSchema> = new Map([
  ...Object.keys(printed).map((name) => [name, () => printedSchema(name as PrintedName)] as const),
  ...Object.entries(written),
]);
