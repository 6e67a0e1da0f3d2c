import { z } from 'zod';

const verification = z.strictObject({
  node: z.string().meta({ description: 'Empty for an object of the API.' }),
  subject: z.string().meta({
    description: 'A path, or the name of an object; empty where the node itself could not be asked.',
  }),
  state: z.enum(['holds', 'changed', 'broken', 'undone', 'untouched', 'unknown']).meta({
    description:
      'changed: no longer what the run wrote. broken: a check says no. untouched: the run never came to this node. ' +
      'unknown: could not be asked, never counted as holding.',
  }),
  detail: z.string().meta({ description: 'One English sentence, or what the node said.' }),
  code: z.string().exactOptional().meta({ description: 'Why it is broken or unknown, by its code of the reference.' }),
  params: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .exactOptional()
    .meta({ description: 'The values of the text of that code.' }),
});

/** The published form of `verify -o json`. It grows by optional fields; anything else is a new version. */
export const verificationSchema = z.strictObject({
  schema: z.literal('nodemend.dev/verification/v1'),
  run: z.string(),
  verifications: z.array(verification),
  exitCode: z
    .union([z.literal(0), z.literal(3), z.literal(5)])
    .meta({ description: '0 all holds, 3 something no longer does, 5 something stayed unknown.' }),
});
