import { z } from 'zod';
import { manifestActionSchema } from './manifest/manifest-schema.ts';
import { pullSecretActionSchema, pullSecretAttachmentSchema } from './pull-secret/pull-secret-schema.ts';
import { objectPatchActionSchema } from './object-patch/object-patch-schema.ts';

/**
 * What an action on an object has to look like, in a plan file as in the record in the cluster; grows with the kinds.
 */
export const clusterActionSchema = z.discriminatedUnion('kind', [
  objectPatchActionSchema,
  manifestActionSchema,
  pullSecretActionSchema,
  pullSecretAttachmentSchema,
]);
