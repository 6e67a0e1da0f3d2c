import { z } from 'zod';
import type { JsonObject } from '../kubernetes/api.ts';
import { actionBase } from './action-base-schema.ts';
import type { ClusterActionBase } from './cluster-action.ts';
import { objectWords } from './object-words.ts';

/** A segment of the API server's paths (apimachinery pkg/api/validation/path, IsValidPathSegmentName). */
const segment = z
  .string()
  .max(253)
  .regex(/^(?!\.\.?$)[^/%\p{Cc}]+$/u);

const { node: _node, ...base } = actionBase;

/** What actions on objects of every kind have in a plan file and in the cluster's record. */
export const clusterActionBase = {
  ...base,
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

/**
 * An action is called by what it changes: an id that names another object would be shown, journalled and given a
 * password in that one's stead.
 */
export function isNamedAfterItsObject({
  id,
  kind,
  object,
}: Pick<ClusterActionBase, 'id' | 'kind' | 'object'>): boolean {
  return id === `${kind}:${objectWords(object)}`;
}

export const otherName = 'its id names another object';
