import { z } from 'zod';
import { clusterActionBase, isNamedAfterItsObject, otherName } from '../cluster-action-base-schema.ts';

/** Kinds of group `apps` whose controller replaces their pods when the template changes. */
const workload = clusterActionBase.object.extend({
  kind: z.enum(['DaemonSet', 'Deployment', 'StatefulSet']),
  group: z.literal('apps'),
  version: z.literal('v1'),
  resource: z.enum(['daemonsets', 'deployments', 'statefulsets']),
  namespace: clusterActionBase.object.shape.name,
});

export const workloadRestartActionSchema = z
  .strictObject({
    kind: z.literal('workload-restart'),
    ...clusterActionBase,
    disrupts: z.literal('restart'),
    object: workload,
    uid: z.string().min(1).max(100),
    before: z
      .string()
      .max(100)
      .regex(/^[a-z0-9-]+$/u)
      .exactOptional(),
    reads: z.string().min(1).max(1000),
  })
  .refine(({ object }) => `${object.kind.toLowerCase()}s` === object.resource, 'its kind is of another resource')
  .refine(isNamedAfterItsObject, otherName);
