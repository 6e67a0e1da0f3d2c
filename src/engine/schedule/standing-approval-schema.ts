import { z } from 'zod';
import { disruptions } from '../../actions/action.ts';
import { standingApprovalSchema } from './standing-approval.ts';

const text = z.string().min(1).max(1000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/**
 * The shape of a standing approval. Unknown keys are refused: a limit that is not understood must not be passed over.
 */
export const standingApprovalShape = z.strictObject({
  schema: z.literal(standingApprovalSchema),
  approvedBy: text,
  approvedAt: z.iso.datetime(),
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cluster'), uid: text, context: text, server: text }),
    z.strictObject({ kind: z.literal('hosts'), sha256 }),
  ]),
  problems: z.array(text).min(1).readonly(),
  source: z.strictObject({ path: text, sha256, onNodes: text.exactOptional() }).exactOptional(),
  selection: z.strictObject({
    nodes: text.exactOptional(),
    nodeGroup: text.exactOptional(),
    selector: text.exactOptional(),
  }),
  cap: z.union([
    z.strictObject({ nodes: z.int().min(1).max(999_999) }),
    z.strictObject({ percent: z.int().min(1).max(100) }),
  ]),
  paths: z.array(text).readonly().exactOptional(),
  remedies: z.array(text).readonly(),
  allow: z.array(z.enum(disruptions)).readonly(),
});

/** As JSON Schema (draft 2020-12), for `docs/reference/standing-approval.schema.json`. */
export function standingApprovalJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(standingApprovalShape, { io: 'output', unrepresentable: 'throw' });
  return {
    $schema,
    $id: `https://${standingApprovalSchema}`,
    title: 'Standing approval of a scheduled change',
    ...rest,
  };
}
