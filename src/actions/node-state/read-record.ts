import { z } from 'zod';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { storedActionSchema } from '../action-kinds.ts';
import { recordSchema, type NodeRecord } from './record.ts';

const shape = z.strictObject({
  schema: z.literal(recordSchema),
  run: z.string().regex(/^[a-z0-9-]{1,100}$/u),
  owner: z.string().max(300),
  startedAt: z.string().max(40),
  plan: z.string().regex(/^[0-9a-f]{64}$/u),
  nodes: z.int().positive(),
  actions: z.int().positive().optional(),
  machineId: z.string().max(100),
  order: z.int().nonnegative(),
  action: storedActionSchema,
});

/**
 * @throws NodemendError NODE_RECORD_INVALID. A node may be anybody's by now: what it says is checked like any input.
 */
export function readRecord(node: string, run: string, text: string): NodeRecord {
  const parsed = shape.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.run !== run) throw new NodemendError('NODE_RECORD_INVALID', { node, run });
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
