import { z } from 'zod';
import type { JsonObject } from '../kubernetes/api.ts';
import { actionBase } from './action-base-schema.ts';
import { disruptions } from './action.ts';

/** A segment of the API server's paths (apimachinery pkg/api/validation/path, IsValidPathSegmentName). */
const segment = z
  .string()
  .max(253)
  .regex(/^(?!\.\.?$)[^/%\p{Cc}]+$/u);

const { node: _node, ...base } = actionBase;

/** What actions on objects of every kind have in a plan file and in the cluster's record. */
export const clusterActionBase = {
  ...base,
  disrupts: z.enum(disruptions).exactOptional(),
  object: z.strictObject({
    kind: segment,
    group: z
      .string()
      .max(253)
      .regex(/^[a-z0-9.-]*$/u),
    version: segment,
    resource: segment,
    namespace: segment.exactOptional(),
    name: segment,
  }),
};

/** Any JSON object; of a size that etcd would hold. */
export const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
