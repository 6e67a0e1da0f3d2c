import { z } from 'zod';
import { actionBase } from '../action-base-schema.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);

/**
 * Names that kubelet and containerd's CRI plugin make: a reference, or the digest of a configuration. It is an argument
 * of ctr and stands in a filter of containerd, so it has none of a filter's own characters.
 */
const recordName = z.string().regex(/^[a-z0-9][A-Za-z0-9._:/@-]{0,500}$/u);

/** Of a label: what it was is written back. */
const labelValue = z.string().regex(/^[A-Za-z0-9._:-]{0,100}$/u);

/** An image-pin action, in a plan file as in a node's record. */
export const imagePinActionSchema = z.strictObject({
  kind: z.literal('image-pin'),
  ...actionBase,
  operation: z.enum(['pin', 'unpin']),
  image: recordName,
  socket: z.literal('/run/containerd/containerd.sock'),
  records: z
    .array(z.strictObject({ name: recordName, digest, pinned: labelValue, run: labelValue }))
    .min(1)
    .max(20)
    .refine((records) => new Set(records.map(({ name }) => name)).size === records.length, 'a record stands twice')
    .readonly(),
});
