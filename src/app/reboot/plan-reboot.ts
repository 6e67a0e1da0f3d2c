import { planReboot } from '../../engine/reboot/plan-reboot.ts';
import { rebootFindings, rebootId } from '../../engine/reboot/reboot-findings.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { rebootRequired } from '../../packages/reboot-required.ts';
import { collect, type OpenedSession } from '../evidence/collect.ts';
import { isNks, type PlannedChange } from '../plans/make-plan.ts';
import { planScope } from '../plans/plan-scope.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';

export interface RebootRequest {
  readonly session: Session;
  readonly opened: OpenedSession;
  /** Only nodes whose package manager asks for it. */
  readonly ifRequired: boolean;
  /** In the words of who asks. */
  readonly reason: string | undefined;
}

/** Plans to reboot the nodes of the session. @throws NodemendError ACCESS_NOT_ASKED: a node tells itself in which boot it is */
export async function planReboots(
  { session, opened, ifRequired, reason }: RebootRequest,
  ports: Ports,
): Promise<PlannedChange> {
  if (opened.transport === undefined) throw new NodemendError('ACCESS_NOT_ASKED', { command: rebootId });
  const asked = [{ meta: { id: rebootId }, facts: ifRequired ? [rebootRequired] : [] }];
  const collected = await collect(session, opened, asked, ports);
  ports.interrupt.throwIfAborted();
  const { evidence } = collected;
  const findings = rebootFindings(evidence, ifRequired);
  const plan = planReboot({ evidence, findings, reason });
  const scope = planScope({ evidence, findings, muted: [], plan, asked, remedies: new Set() });
  return { ...collected, plan, scope, nks: isNks(evidence) };
}
