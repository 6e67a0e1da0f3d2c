import type { ActionContext, StepResult } from '../action.ts';
import type { ServiceAction } from './service-action.ts';
import { commonRefusal, refused } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';

/** Why a unit was not restarted. */
export function serviceRefusal(
  spec: ServiceAction,
  reply: Reply,
  context: ActionContext,
): Extract<StepResult, { outcome: 'refused' }> {
  const { node } = context.connection;
  const { unit, problem } = spec;
  const words = valueOf(reply, 'words');
  switch (valueOf(reply, 'reason')) {
    case 'no-systemd':
      return refused('SYSTEMD_MISSING', { node, unit });
    case 'unit-missing':
    case 'unit-changed':
      return refused('UNIT_CHANGED_SINCE_PLAN', { node, unit, problem, found: words || '-' });
    case 'run-undone':
      return refused('RUN_UNDONE_ON_NODE', { node, run: context.run });
    default:
      return commonRefusal(node, reply) ?? refused('UNIT_NOT_RUNNING', { node, unit, state: words });
  }
}
