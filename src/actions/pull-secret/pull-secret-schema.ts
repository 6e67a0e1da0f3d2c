import { z } from 'zod';
import { clusterActionBase, isNamedAfterItsObject, otherName } from '../cluster-action-base-schema.ts';

export const secretName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/u);
/** Shown to people, and for the rest taken by kubelet's rules. */
const key = z
  .string()
  .max(1024)
  .regex(/^[^\p{Cc}]*$/u);

const secret = clusterActionBase.object.extend({
  kind: z.literal('Secret'),
  group: z.literal(''),
  version: z.literal('v1'),
  resource: z.literal('secrets'),
  namespace: secretName,
  name: secretName,
});
const from = z.union([
  z.literal('absent'),
  z.strictObject({
    uid: z.string(),
    resourceVersion: z.string(),
    type: z.string(),
    keys: z.array(key),
    replaced: z.array(key),
    recreate: z.boolean(),
  }),
]);

export const pullSecretActionSchema = z
  .strictObject({
    kind: z.literal('pull-secret'),
    ...clusterActionBase,
    object: secret,
    key: key.min(1),
    // A colon would end the user's name in `auth`.
    user: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^[^:\p{Cc}]+$/u),
    type: z.enum(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']),
    from,
  })
  .refine(isNamedAfterItsObject, otherName);
