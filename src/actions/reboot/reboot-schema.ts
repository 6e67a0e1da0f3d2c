import { z } from 'zod';
import { parseBootArgument } from '../../grub/boot-argument.ts';
import { actionBase } from '../action-base-schema.ts';

const argument = z
  .string()
  .max(200)
  .refine((text) => parseBootArgument(text) !== undefined, 'not a kernel argument');

/** A reboot, in a plan file as in a node's record. */
export const rebootActionSchema = z.strictObject({
  kind: z.literal('reboot'),
  ...actionBase,
  disrupts: z.literal('reboot'),
  bootId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/u),
  inForce: z
    .array(z.strictObject({ argument, present: z.boolean() }))
    .max(20)
    .readonly(),
  /** A server with much memory and many disks tests them for half an hour. */
  withinSeconds: z.int().min(1).max(7200),
});
