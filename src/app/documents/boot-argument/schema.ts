import { z } from 'zod';

/** The published form of `boot-argument -o json`. It grows by optional fields; anything else is a new version. */
export const bootArgumentSchema = z.strictObject({
  schema: z.literal('nodemend.dev/boot-argument/v1'),
  file: z.string().meta({ description: 'As it was named.' }),
  operation: z.enum(['add', 'remove']),
  argument: z.string(),
  outcome: z.enum(['changed', 'unchanged']),
  written: z.boolean(),
  variable: z.string().nullable().meta({ description: 'Whose value differs, or has the argument already.' }),
  line: z.int().min(1).nullable().meta({ description: 'Of the change, in the file as it becomes.' }),
  needsBash: z
    .boolean()
    .meta({ description: 'NAME+=value is bash: where /bin/sh is dash, grub-mkconfig fails at it.' }),
  usesBootLoaderEntries: z
    .boolean()
    .meta({ description: 'Arguments of boot loader entries that exist are not made from this file.' }),
});
