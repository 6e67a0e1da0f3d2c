import { z } from 'zod';
import { holdName, holdNamespace, holdOf } from '../../images/pins/image-hold.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { clusterActionBase, isNamedAfterItsObject, jsonObject, otherName } from '../cluster-action-base-schema.ts';
import type { ManifestAction } from './manifest-action.ts';
import { isOurs } from './manifest-state.ts';

const policies = { group: z.literal('admissionregistration.k8s.io'), version: z.literal('v1') };

/** Of `actions/manifest/image-policy.ts`: these are all whole objects that nodemend makes. */
const name = z.string().regex(/^nodemend-retired-images-[a-z0-9-]{1,100}$/u);

/**
 * A closed list. A record in the cluster may be written by anyone who can write ConfigMaps there, and its undo is
 * carried out with the rights of an administrator: a role binding, a workload or a Secret must not get in through it. The
 * one workload is made of nothing but images, nodes and the node's own `sleep`, and is looked at as a whole.
 */
const object = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ValidatingAdmissionPolicy'),
    ...policies,
    resource: z.literal('validatingadmissionpolicies'),
    name,
  }),
  z.strictObject({
    kind: z.literal('ValidatingAdmissionPolicyBinding'),
    ...policies,
    resource: z.literal('validatingadmissionpolicybindings'),
    name,
  }),
  z.strictObject({
    kind: z.literal('DaemonSet'),
    group: z.literal('apps'),
    version: z.literal('v1'),
    resource: z.literal('daemonsets'),
    namespace: z.literal(holdNamespace),
    name: z.string().regex(holdName),
  }),
]);

const state = z.union([z.literal('absent'), jsonObject]);

export const manifestActionSchema = z
  .strictObject({
    kind: z.literal('manifest'),
    ...clusterActionBase,
    disrupts: z.literal('deny').exactOptional(),
    object,
    from: state,
    to: state,
  })
  .refine(isNamedAfterItsObject, otherName)
  .refine(({ from, to }) => from !== 'absent' || to !== 'absent', 'neither before nor after there is an object')
  .refine((action) => [action.from, action.to].every((one) => one === 'absent' || isThatObject(action, one)), {
    error: 'its text is of another object, or of one that is not ours',
  });

function isThatObject({ object: reference }: ManifestLike, text: JsonObject): boolean {
  const { group, version, kind, name: wanted } = reference;
  const { name: own, namespace } = (text['metadata'] ?? {}) as JsonObject;
  return (
    text['apiVersion'] === `${group}/${version}` &&
    text['kind'] === kind &&
    own === wanted &&
    namespace === ('namespace' in reference ? reference.namespace : undefined) &&
    isOurs(text) &&
    (kind !== 'DaemonSet' || holdOf(text) !== undefined)
  );
}

type ManifestLike = Pick<ManifestAction, 'object'>;
