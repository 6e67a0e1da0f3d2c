import { z } from 'zod';
import { isReplacement, isSuccessor } from '../../registry/successor.ts';
import { clusterActionBase, isNamedAfterItsObject, otherName } from '../cluster-action-base-schema.ts';
import type { ObjectReference } from '../cluster-action.ts';
import type { FieldChange, ObjectPatchAction } from './object-patch-action.ts';
import { isDefaultObject, isNetworkImage, isPatchable } from './patchable-kinds.ts';
import { isOfCalicoNode, isVariable, variableChange } from './variable-change.ts';

/**
 * RFC 6901: the image of a container or of an image volume, wherever a pod specification stands in the object. What
 * identifies an object, and what its server or its owner keeps about it, is never searched for one.
 */
const pointer = z
  .string()
  .max(2000)
  .regex(
    /^(?!\/(?:metadata|apiVersion|kind|status)\/)(?:\/(?:[^~/]|~[01])*)*\/(?:(?:initContainers|containers|ephemeralContainers)\/\d+\/image|volumes\/\d+\/image\/reference)$/u,
  );

const image = z.string().max(4096);

const registryName = z.string().max(1000);

/**
 * A field that nodemend changes in what makes pods: an image reference of a retired registry becomes its successor, or one
 * of the cluster's network the name under which it is published. All follow from rules (`registry/successor.ts`,
 * `platforms/nks/network-images.ts`), so neither a plan nor a record can bring an image of its own; or from a line of
 * the user's table, which stands beside them in the plan, for whoever approves it. A record that names such a line is
 * nobody's word for it (`isRecomputable`).
 */
const imageChange = z.strictObject({
  path: pointer,
  from: image,
  to: image,
  replacement: z.strictObject({ from: registryName, to: registryName }).exactOptional(),
});

/** A qualified name (apimachinery pkg/api/validation, ValidateFinalizerName). */
const finalizer = z
  .string()
  .max(317)
  .regex(/^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/u);

/** Finalizers of what an upgrade deploys again (`platforms/nks/default-objects.json`), taken off all at once. */
const finalizersChange = z.strictObject({
  path: z.literal('/metadata/finalizers'),
  from: z.array(finalizer).min(1).max(50).readonly(),
  to: z.null(),
});

type Changed = Pick<ObjectPatchAction, 'object' | 'changes' | 'disrupts'>;

/** What an action changes, all of it in one of these ways, and in which objects. */
const forms: readonly {
  readonly takes: (change: FieldChange) => boolean;
  readonly isIn: (action: Changed) => boolean;
}[] = [
  {
    takes: ({ path }) => path === '/metadata/finalizers',
    isIn: ({ object, changes, disrupts }) => changes.length === 1 && disrupts === undefined && isDefaultObject(object),
  },
  { takes: isVariable, isIn: isOfCalicoNode },
  {
    takes: ({ path }) => pointer.safeParse(path).success,
    isIn: ({ object, changes, disrupts }) =>
      changes.every((change) => isImageFor(object, change)) &&
      // New pods of the cluster's network are always part of it: nobody approves them unseen.
      (disrupts === 'restart' || !changes.some((change) => isOfNetwork(object, change))),
  },
];

function isOfNetwork(object: ObjectReference, { path, from, to }: FieldChange): boolean {
  return typeof from === 'string' && typeof to === 'string' && isNetworkImage(object, { path, from, to });
}

/** Whether this image may be written in the place of that one, in this object. */
function isImageFor(object: ObjectReference, { path, from, to, replacement }: FieldChange): boolean {
  if (typeof from !== 'string' || typeof to !== 'string') return false;
  if (replacement !== undefined) return isPatchable(object) && isReplacement(from, to, replacement);
  return isNetworkImage(object, { path, from, to }) || (isPatchable(object) && isSuccessor(from, to));
}

export const objectPatchActionSchema = z
  .strictObject({
    kind: z.literal('object-patch'),
    ...clusterActionBase,
    disrupts: z.literal('restart').exactOptional(),
    uid: z.string().min(1).max(100),
    changes: z
      .array(z.union([imageChange, finalizersChange, variableChange]))
      .min(1)
      .max(1000)
      .readonly(),
  })
  .refine(
    (action) => forms.some(({ takes, isIn }) => action.changes.every(takes) && isIn(action)),
    'not an object in which these fields are changed',
  )
  .refine(isNamedAfterItsObject, otherName);
