import { z } from 'zod';
import { actionSchema } from '../actions/action-kinds.ts';
import { clusterActionSchema } from '../actions/cluster-action-kinds.ts';
import { planSchema } from './plan.ts';

const text = z.string().max(1000);
const params = z.record(z.string(), z.union([z.string(), z.number()]));

/** The shape of a plan file. Unknown keys are refused: what nodemend does not understand it must not leave out. */
export const planShape = z.strictObject({
  schema: z.literal(planSchema),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
  madeAt: text,
  target: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cluster'), uid: text.min(1), context: text, server: text }),
    z.strictObject({ kind: z.literal('hosts') }),
  ]),
  nodes: z
    .array(
      z.strictObject({
        name: text.min(1),
        group: text.exactOptional(),
        uid: text.exactOptional(),
        machineId: text.min(1),
        bootId: text.min(1),
        hostKey: text.exactOptional(),
      }),
    )
    .readonly(),
  problems: z.array(text).readonly(),
  actions: z.array(actionSchema).readonly(),
  clusterActions: z.array(clusterActionSchema).min(1).readonly().exactOptional(),
  refused: z
    .array(
      z.strictObject({
        problem: text,
        fingerprint: text,
        node: text,
        object: text.exactOptional(),
        key: text,
        params,
        optional: z.literal(true).exactOptional(),
      }),
    )
    .readonly(),
  signature: z
    .strictObject({ key: text.regex(/^SHA256:[A-Za-z0-9+/]{43}$/u), value: text.regex(/^[A-Za-z0-9+/]{86}==$/u) })
    .exactOptional(),
});
