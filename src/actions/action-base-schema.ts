import { z } from 'zod';

/** A line of text that names something. */
const name = z.string().min(1).max(300);

export const checkReferences = z
  .array(
    z.strictObject({
      check: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/u),
      args: z.array(z.string().max(4096)).max(50).readonly(),
    }),
  )
  .max(50)
  .readonly();

/** What actions of every kind have in a plan file and in a node's record. */
export const actionBase = {
  id: name,
  problem: z.string().regex(/^[a-z0-9-]{1,100}$/u),
  node: name,
  cures: z.array(z.string().max(100)).readonly(),
  why: z.strictObject({ key: name, params: z.record(z.string(), z.union([z.string(), z.number()])) }),
};
