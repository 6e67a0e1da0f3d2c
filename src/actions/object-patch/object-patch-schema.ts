import { z } from 'zod';
import type { Json } from '../../kubernetes/api.ts';
import { clusterActionBase } from '../cluster-action-base-schema.ts';

/**
 * RFC 6901, of at least one field: `~` stands only in `~0` and `~1`. What identifies an object is never a field to
 * change.
 */
const pointer = z
  .string()
  .max(2000)
  .regex(
    /^(?!\/(?:metadata\/(?:uid|name|namespace|resourceVersion)|apiVersion|kind|status)(?:\/|$))(?:\/(?:[^~/]|~[01])*)+$/u,
  );

const json = z.json() as z.ZodType<Json>;

export const objectPatchActionSchema = z.strictObject({
  kind: z.literal('object-patch'),
  ...clusterActionBase,
  uid: z.string().min(1).max(100),
  changes: z
    .array(z.strictObject({ path: pointer, from: json, to: json }))
    .min(1)
    .max(1000)
    .readonly(),
});
