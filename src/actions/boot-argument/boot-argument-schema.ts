import { z } from 'zod';
import { actionBase } from '../action-base-schema.ts';
import { fileIdentity, fileStateSchema, priorFileState } from '../file/file-schema.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/** A set of members: nodemend adds one of them, others may stand there. */
const inEntry = z.string().regex(/^cgroup[._]memory=[a-z0-9_,]{1,100}$/u);

const stored = {
  kind: z.literal('boot-argument'),
  ...actionBase,
  argument: z.literal('cgroup.memory=nokmem'),
  path: z.string().regex(/^\/etc\/default\/grub(?:\.d\/(?!\.)[A-Za-z0-9._-]{1,100}\.cfg)?$/u),
  makesFolder: z.literal(true).exactOptional(),
  sources: z.strictObject({ before: sha256, after: sha256 }),
  generator: z.enum(['update-grub', 'grub2-mkconfig', 'grubby']),
  config: z.strictObject({
    path: z.string().regex(/^\/boot\/(?:grub2?|efi\/EFI\/(?!\.)[A-Za-z0-9._ -]{1,60})\/grub\.cfg$/u),
    sha256,
  }),
  inEntries: z.strictObject({ before: inEntry.exactOptional(), after: inEntry }),
};

/** In a plan file: with the wanted content, and the prior one where the plan is whole. */
export const bootArgumentActionSchema = z.strictObject({
  ...stored,
  from: z.union([z.literal('absent'), priorFileState]),
  to: fileStateSchema,
});

/** In a node's record. */
export const storedBootArgumentActionSchema = z.strictObject({
  ...stored,
  from: z.union([z.literal('absent'), fileIdentity]),
  to: fileIdentity,
});
