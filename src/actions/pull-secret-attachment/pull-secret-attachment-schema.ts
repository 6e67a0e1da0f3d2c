import { z } from 'zod';
import { clusterActionBase, isNamedAfterItsObject, otherName } from '../cluster-action-base-schema.ts';
import { secretName } from '../pull-secret/pull-secret-schema.ts';

const serviceAccount = clusterActionBase.object.extend({
  kind: z.literal('ServiceAccount'),
  group: z.literal(''),
  version: z.literal('v1'),
  resource: z.literal('serviceaccounts'),
  namespace: secretName,
  name: secretName,
});

export const pullSecretAttachmentSchema = z
  .strictObject({
    kind: z.literal('pull-secret-attachment'),
    ...clusterActionBase,
    object: serviceAccount,
    uid: z.string(),
    from: z.array(secretName),
    secret: secretName,
  })
  .refine(isNamedAfterItsObject, otherName);
