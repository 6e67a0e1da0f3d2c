import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import type { ClusterActionKind } from '../cluster-action.ts';
import { objectDiff, type ObjectSide } from '../object-diff.ts';
import { objectPath } from '../read-object.ts';
import type { SecretSettingAction } from './secret-setting-action.ts';
import { secretSettingActionSchema } from './secret-setting-schema.ts';
import { applySteps, inspect, undoSteps, verifySteps } from './secret-setting-steps.ts';

/**
 * Switches one boolean of a configuration file in a Secret on. Neither plan, record nor diff holds anything else of the
 * Secret: what was added is taken away again where it stands, so that no copy is needed to undo it.
 */
export const secretSettingKind: ClusterActionKind<SecretSettingAction> = {
  kind: 'secret-setting',
  on: 'object',
  schema: secretSettingActionSchema,
  preview: (spec, redact) => objectDiff(spec.object, before(spec, 'now'), after(spec, 'planned'), redact),
  previewUndo: (spec, redact) =>
    objectDiff(spec.object, after(spec, 'as the run wrote it'), before(spec, 'restored'), redact),
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  change: () => 'change',
  conflictKeys: ({ object }) => [objectPath(object)],
  isRecomputable: () => true,
  texts: { en, ko },
};

/** The line alone: whatever stands around it is nobody's to see. */
function before({ splice: { removed }, setting: { name } }: SecretSettingAction, label: string): ObjectSide {
  return { label, yaml: removed === '' ? '' : `${name}=${removed}\n` };
}

function after({ splice: { removed, added }, setting: { name } }: SecretSettingAction, label: string): ObjectSide {
  return { label, yaml: removed === '' ? added.replaceAll('\r', '').replace(/^\n/, '') : `${name}=${added}\n` };
}
