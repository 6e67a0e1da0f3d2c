import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import type { ClusterActionKind } from '../cluster-action.ts';
import { objectDiff, type ObjectSide } from '../object-diff.ts';
import { objectPath } from '../read-object.ts';
import { restartMark } from './restart-mark.ts';
import type { WorkloadRestartAction } from './workload-restart-action.ts';
import { workloadRestartActionSchema } from './workload-restart-schema.ts';
import { applySteps, inspect, undoSteps, verifySteps } from './workload-restart-steps.ts';

/**
 * Restarts the pods of a workload as `kubectl rollout restart` does, and waits for them; undo puts the template back,
 * which restarts them once more, behind all that they are to read again.
 */
export const workloadRestartKind: ClusterActionKind<WorkloadRestartAction> = {
  kind: 'workload-restart',
  on: 'object',
  schema: workloadRestartActionSchema,
  preview: (spec, redact) => objectDiff(spec.object, side('now', spec.before), side('planned', 'RUN'), redact),
  previewUndo: (spec, redact) =>
    objectDiff(spec.object, side('as the run wrote it', 'RUN'), side('restored', spec.before), redact),
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  change: () => 'change',
  conflictKeys: ({ object }) => [`${objectPath(object)}#${restartMark}`],
  // A record alone restarts nothing but what stands beside the change that it is restarted for.
  isRecomputable: ({ reads, object: { namespace } }, run) =>
    run.some(({ id, object }) => id === reads && object.namespace === namespace),
  undoneLast: true,
  texts: { en, ko },
};

function side(label: string, mark: string | undefined): ObjectSide {
  return { label, yaml: mark === undefined ? '' : `${restartMark}: ${mark}\n` };
}
