import { z } from 'zod';
import { clusterActionBase, isNamedAfterItsObject, otherName } from '../cluster-action-base-schema.ts';

/**
 * The one setting that nodemend writes: a plan or a record can neither bring a value of its own nor name another
 * Secret. What is added follows from the file besides, and is compared with it (`secret-setting-steps.ts`).
 */
const secret = clusterActionBase.object.extend({
  kind: z.literal('Secret'),
  group: z.literal(''),
  version: z.literal('v1'),
  resource: z.literal('secrets'),
  namespace: z.literal('kube-system'),
  name: z.literal('cinder-csi-cloud-config'),
});

const setting = z.strictObject({ section: z.literal('BlockStorage'), name: z.literal('rescan-on-resize') });

const splice = z.strictObject({
  at: z.int().min(0),
  removed: z.string().regex(/^(?:"?(?:false|no|off|0)"?)?$/iu),
  added: z.string().regex(/^(?:true|(?:\r?\n)?(?:\[BlockStorage\]\r?\n)?rescan-on-resize=true\r?\n)$/u),
});

export const secretSettingActionSchema = z
  .strictObject({
    kind: z.literal('secret-setting'),
    ...clusterActionBase,
    object: secret,
    uid: z.string().min(1).max(100),
    resourceVersion: z.string().min(1).max(100),
    before: z
      .string()
      .max(100)
      .regex(/^[a-z0-9-]+$/u)
      .exactOptional(),
    // A key of a Secret (core/v1, IsConfigMapKey).
    file: z
      .string()
      .max(253)
      .regex(/^[-._a-zA-Z0-9]+$/u),
    setting,
    splice,
  })
  .refine(isNamedAfterItsObject, otherName);
