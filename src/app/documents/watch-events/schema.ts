import { z } from 'zod';
import { findingSchema } from '../findings/schema.ts';
import type { Immutable } from '../immutable.ts';

const head = {
  schema: z.literal('nodemend.dev/watch-event/v1'),
  at: z.iso.datetime({ offset: true }).meta({ description: 'When it was looked at, RFC 3339.' }),
};

/**
 * The published form of one line of `diagnose --watch -o json` after the first, which is a document of findings. It grows
 * by optional fields and by further events, which a reader passes over; anything else is a new version.
 */
export const watchEventSchema = z.discriminatedUnion('event', [
  z.strictObject({ ...head, event: z.literal('appeared'), finding: findingSchema }),
  z.strictObject({
    ...head,
    event: z.literal('changed'),
    was: findingSchema.shape.status.meta({ description: 'Its status before.' }),
    finding: findingSchema,
  }),
  z.strictObject({
    ...head,
    event: z.literal('gone').meta({ description: 'It was looked for and not found. One that cannot be seen stands.' }),
    finding: findingSchema.meta({ description: 'As it was.' }),
  }),
  z.strictObject({
    ...head,
    event: z.literal('left').meta({ description: 'Its node is no longer among those that are looked at.' }),
    finding: findingSchema.meta({ description: 'As it was.' }),
  }),
  z.strictObject({
    ...head,
    event: z.literal('failed').meta({ description: 'Nothing could be looked at. All findings stand.' }),
    code: z.string().meta({ description: 'By its code of the reference.' }),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    detail: z.string().meta({ description: 'One English sentence.' }),
  }),
  z.strictObject({ ...head, event: z.literal('answered').meta({ description: 'The first look since it failed.' }) }),
]);

export type WatchEventDocument = Immutable<z.output<typeof watchEventSchema>>;
