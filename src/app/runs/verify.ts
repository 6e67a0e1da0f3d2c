import { verifyRun, type VerifyResult } from '../../engine/verify.ts';
import { withOpened } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { targetsOf } from './run-again.ts';
import { runDependencies } from './run-dependencies.ts';

/** Whether what a run changed still holds, on its nodes and in the cluster. @throws NodemendError as `verifyRun` */
export async function verify(run: string, session: Session, ports: Ports & Loaded): Promise<VerifyResult> {
  return withOpened(session, async (opened) => {
    const targets = await targetsOf(session, opened, ports);
    return verifyRun({ ...runDependencies({ session, opened, targets, onEvent: () => {} }, ports), run });
  });
}
