import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import type { ClusterActionKind } from '../cluster-action.ts';
import type { PullSecretAction } from './pull-secret-action.ts';
import { objectPath } from '../read-object.ts';
import { previewSecret, previewSecretUndo } from './preview.ts';
import { applySteps, inspect, undoSteps, verifySteps } from './pull-secret-steps.ts';
import { pullSecretActionSchema } from './pull-secret-schema.ts';

/**
 * Puts one login into a Secret that images are pulled with, or makes that Secret. The password is not part of it: the
 * run is given it beside its plan. What was there before is kept in a Secret beside it; undo puts it back.
 */
export const pullSecretKind: ClusterActionKind<PullSecretAction> = {
  kind: 'pull-secret',
  on: 'object',
  schema: pullSecretActionSchema,
  preview: previewSecret,
  previewUndo: previewSecretUndo,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  change: ({ from }) => (from === 'absent' ? 'create' : 'change'),
  conflictKeys: ({ object }) => [objectPath(object)],
  isRecomputable: () => true,
  texts: { en, ko },
};
