import { holdOf } from '../../images/pins/image-hold.ts';
import { isImagePolicy } from './image-policy.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import type { ClusterActionKind } from '../cluster-action.ts';
import type { ManifestAction } from './manifest-action.ts';
import { objectPath, readObject } from '../read-object.ts';
import { manifestDiff } from './manifest-diff.ts';
import { manifestState } from './manifest-state.ts';
import { applySteps, undoSteps, verifySteps } from './manifest-steps.ts';
import { manifestActionSchema } from './manifest-schema.ts';

/** Makes, changes or removes a whole object of nodemend's own; undo removes it, or makes it what it was. */
export const manifestKind: ClusterActionKind<ManifestAction> = {
  kind: 'manifest',
  on: 'object',
  schema: manifestActionSchema,
  preview: ({ object, from, to }, redact) =>
    manifestDiff(object, { label: 'now', object: from }, { label: 'planned', object: to }, redact),
  previewUndo: ({ object, from, to }, redact) =>
    manifestDiff(object, { label: 'as the run wrote it', object: to }, { label: 'restored', object: from }, redact),
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect: async (spec, context) => manifestState(spec, await readObject(spec.object, context), context),
  change: ({ from, to }) => (to === 'absent' ? 'remove' : from === 'absent' ? 'create' : 'change'),
  conflictKeys: ({ object }) => [objectPath(object)],
  isRecomputable: ({ from, to }) =>
    [from, to].every((one) => one === 'absent' || isImagePolicy(one) || holdOf(one) !== undefined),
  texts: { en, ko },
};
