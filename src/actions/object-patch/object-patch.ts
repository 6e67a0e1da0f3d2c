import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import type { ClusterActionKind } from '../cluster-action.ts';
import type { ObjectPatchAction } from './object-patch-action.ts';
import { objectPath, readObject } from '../read-object.ts';
import { fieldDiff } from './field-diff.ts';
import { applySteps, undoSteps, verifySteps } from './object-patch-steps.ts';
import { patchState } from './patch-state.ts';
import { objectPatchActionSchema } from './object-patch-schema.ts';
import { isVariable } from './variable-change.ts';

/**
 * Changes single fields of an object of the API, as long as they are what the plan saw; undo writes the old values
 * back.
 */
export const objectPatchKind: ClusterActionKind<ObjectPatchAction> = {
  kind: 'object-patch',
  on: 'object',
  schema: objectPatchActionSchema,
  preview: ({ object, changes }, redact) =>
    fieldDiff(
      object,
      changes.map(({ path, from, to }) => ({ path, before: from, after: to })),
      { before: 'now', after: 'planned' },
      redact,
    ),
  previewUndo: ({ object, changes }, redact) =>
    fieldDiff(
      object,
      changes.map(({ path, from, to }) => ({ path, before: to, after: from })),
      { before: 'as the run wrote it', after: 'restored' },
      redact,
    ),
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect: async (spec, context) => patchState(spec, await readObject(spec.object, context)),
  change: () => 'change',
  conflictKeys: ({ object, changes }) => changes.map(({ path }) => `${objectPath(object)}#${path}`),
  // Another machine's table is not known here, and no rule says which finalizers, or values of a variable, there were.
  isRecomputable: ({ changes }) =>
    changes.every(
      (change) =>
        change.replacement === undefined && change.to !== null && (change.from === null || !isVariable(change)),
    ),
  texts: { en, ko },
};
