import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState } from '../action.ts';
import { noContents, storedWhole } from '../no-contents.ts';
import { observedBoot, lookAtBoot } from './observed-boot.ts';
import type { RebootAction } from './reboot-action.ts';
import { rebootRefusal } from './reboot-refusal.ts';
import { rebootActionSchema } from './reboot-schema.ts';
import { rebootState } from './reboot-state.ts';
import { applySteps, undoSteps, verifySteps } from './reboot-steps.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };

/**
 * Reboots a node once, and waits until it answers from another boot with the kernel arguments that it was rebooted for.
 * What is rebooted is drained and put back by the rollout around it.
 */
export const rebootKind: ActionKind<RebootAction, RebootAction> = {
  kind: 'reboot',
  on: 'node',
  schema: rebootActionSchema,
  stored: storedWhole(rebootActionSchema),
  contents: noContents(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: ({ node }) => node,
  checks: () => [],
  conflictKeys: () => ['reboot'],
  carriedOut: ({ inForce, withinSeconds }) => [inForce, withinSeconds],
  units: () => [],
  steps: { recording: ['record'], committing: ['reboot'] },
  texts: { en, ko },
  words: ({ inForce }) => ({ change: 'reboot', undo: inForce.length === 0 ? 'nothing' : 'reboot' }),
  undoDisrupts: ({ inForce }) => (inForce.length === 0 ? undefined : 'reboot'),
  undoneLast: true,
};

/** The command, and what it changes of the kernel's arguments. */
function preview({ inForce }: RebootAction): string {
  const changes = inForce.map(({ argument, present }) => `${present ? '+' : '-'}${argument}`);
  const heads = ['--- /proc/cmdline\tnow', '+++ /proc/cmdline\tafter the reboot'];
  return ['systemctl reboot', ...(changes.length === 0 ? [] : heads), ...changes].join('\n');
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: RebootAction, context: ActionContext): Promise<ActionState> {
  const reply = await lookAtBoot(context.connection, spec, context);
  if (reply.outcome === 'refused') {
    const { code, params } = rebootRefusal(reply, context);
    throw new NodemendError(code, params);
  }
  return rebootState(spec, observedBoot(reply));
}
