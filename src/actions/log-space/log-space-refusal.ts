import type { ActionContext, StepResult } from '../action.ts';
import type { LogSpaceAction } from './log-space-action.ts';
import { commonRefusal, refused } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';

/** Why a log was left alone. `undoing` decides between "changed since the plan" and "changed since the run". */
export function logSpaceRefusal(
  { path, problem }: LogSpaceAction,
  reply: Reply,
  context: ActionContext,
  undoing: boolean,
): Extract<StepResult, { outcome: 'refused' }> {
  const { node } = context.connection;
  const { run } = context;
  const words = valueOf(reply, 'words');
  switch (valueOf(reply, 'reason')) {
    case 'log-outside':
      return refused('LOG_OUTSIDE', { node, path: words });
    case 'in-use':
      return refused('LOG_IN_USE', { node, path, program: words });
    case 'not-kept':
      return refused('LOG_NOT_KEPT', { node, path, run });
    case 'no-folder':
      return refused('FOLDER_MISSING', { node, folder: words });
    case 'unsafe-folder':
      return refused('FOLDER_UNSAFE', { node, folder: words });
    case 'run-undone':
      return refused('RUN_UNDONE_ON_NODE', { node, run });
    case 'changed':
      return undoing
        ? refused('FILE_CHANGED_SINCE_RUN', { node, path, run })
        : refused('FILE_CHANGED_SINCE_PLAN', { node, path, problem });
    default:
      return commonRefusal(node, reply) ?? refused('FILE_NOT_REPLACEABLE', { node, path, what: words });
  }
}
