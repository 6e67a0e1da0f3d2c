import type { ClusterActionContext, ClusterActionStep } from '../../../actions/cluster-action.ts';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import { objectWords } from '../../../actions/object-words.ts';
import type { StepResult } from '../../../actions/action.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { redactText } from '../../../evidence/redact.ts';
import type { RunSession } from '../session.ts';
import { performStep } from '../step.ts';

/**
 * Takes one step of an action on an object, journalled as a node's. @throws what the step throws, and NodemendError
 * JOURNAL_UNWRITABLE.
 */
export function performObjectStep(
  session: RunSession,
  action: ClusterActionSpec,
  step: ClusterActionStep,
): Promise<StepResult> {
  return performStep(session, { object: objectWords(action.object), step: step.name, action: action.id }, () =>
    step.perform(objectContext(session)),
  );
}

export function objectContext({ api, run, timing, signal, secret }: RunSession): ClusterActionContext {
  if (!api) throw new NodemendError('PLAN_NEEDS_API', { server: '-' });
  return { api, run, redact: redactText, timing, patience: 'wait', signal, secret };
}
