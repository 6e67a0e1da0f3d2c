import { z } from 'zod';

/** The part of a bundle's shape that is around every value in it. */

const unknownReason = z.enum([
  'unreachable',
  'timed-out',
  'auth-failed',
  'host-key-unknown',
  'host-key-changed',
  'negotiation-failed',
  'forbidden',
  'needs-root',
  'tool-missing',
  'probe-failed',
  'truncated',
  'unproven',
  'inconclusive',
  'malformed',
  'node-not-ready',
  'interrupted',
]);

export const unknown = z.object({
  state: z.literal('unknown'),
  reason: unknownReason,
  detail: z.string(),
  error: z
    .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
    .exactOptional(),
});

const notLookedAt = z.object({ state: z.literal('not-looked-at'), enable: z.string() });

type ObservedSchema<Value extends z.ZodType> = z.ZodDiscriminatedUnion<
  [z.ZodObject<{ state: z.ZodLiteral<'seen'>; value: Value }>, typeof unknown, typeof notLookedAt]
>;

/** What was seen, could not be seen, or nobody asked for (`Observed`). */
export function observed<Value extends z.ZodType>(value: Value): ObservedSchema<Value> {
  return z.discriminatedUnion('state', [z.object({ state: z.literal('seen'), value }), unknown, notLookedAt]);
}
