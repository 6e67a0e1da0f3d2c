import type { ActionContext, StepResult } from '../action.ts';
import { commonRefusal, refused } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';

/** Why a node was not told to reboot. */
export function rebootRefusal(reply: Reply, context: ActionContext): Extract<StepResult, { outcome: 'refused' }> {
  const { node } = context.connection;
  switch (valueOf(reply, 'reason')) {
    case 'run-undone':
      return refused('RUN_UNDONE_ON_NODE', { node, run: context.run });
    case 'reboot-pending':
      return refused('REBOOT_PENDING', { node, run: context.run });
    default:
      return commonRefusal(node, reply) ?? refused('REBOOT_COMMAND_MISSING', { node });
  }
}
