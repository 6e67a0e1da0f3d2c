import { z } from 'zod';

/** The part of a bundle's shape that describes the driver's configuration (`cinder-config.ts`). */
export const cinderConfig = z.union([
  z.literal('absent'),
  z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    writtenBy: z.string().exactOptional(),
    marks: z.record(z.string(), z.string()).exactOptional(),
    immutable: z.literal(true).exactOptional(),
    file: z.string(),
    rescan: z.enum(['on', 'off', 'absent', 'broken']),
    splice: z.object({ at: z.int(), removed: z.string(), added: z.string() }).exactOptional(),
  }),
]);
