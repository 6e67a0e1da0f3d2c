import type { Proposal } from '../../engine/rollout/cluster-objects/proposal.ts';
import { resumeRun } from '../../engine/resume.ts';
import type { RunResult } from '../../engine/run.ts';
import { undoRun } from '../../engine/undo.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import { needsPerson, requirePlanHash } from '../plans/plan-origin.ts';
import type { SavedPlan } from '../plans/read-plan-file.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { runDependencies, type DependenciesRequest } from './run-dependencies.ts';

/** A run there was before, to be undone or gone on with. */
export interface RunAgainRequest extends Omit<DependenciesRequest, 'targets'> {
  readonly run: string;
  /** Of the run, where this machine does not have it. */
  readonly saved?: SavedPlan | undefined;
  /** By which its approver named the saved plan, hex. */
  readonly planHash?: string | undefined;
  /** Resolves when it is wanted. @throws NodemendError APPROVAL_… */
  readonly approve: (question: RunAgainQuestion) => Promise<void>;
}

export interface RunAgainQuestion {
  readonly proposal: Proposal;
  /** The saved plan, where it is what is carried out. */
  readonly given: SavedPlan | undefined;
  /** Why nobody but a person at a terminal can approve it. */
  readonly inPerson: NodemendError | undefined;
}

/** Takes a run back, of these nodes alone where some are named. @throws NodemendError as `undoRun` */
export async function undo(
  request: RunAgainRequest & { readonly only?: readonly string[] | undefined },
  ports: Ports & Loaded,
): Promise<RunResult> {
  const { only } = request;
  return undoRun({ ...(await again(request, ports)), ...(only === undefined ? {} : { only }) });
}

/** Goes on with a run that was killed or interrupted. @throws NodemendError as `resumeRun` */
export async function resume(request: RunAgainRequest, ports: Ports & Loaded): Promise<RunResult> {
  return resumeRun(await again(request, ports));
}

async function again(
  { run, saved, planHash, approve, ...dependencies }: RunAgainRequest,
  ports: Ports & Loaded,
): Promise<Parameters<typeof resumeRun>[0]> {
  const targets = await targetsOf(dependencies.session, dependencies.opened, ports);
  if (saved) requirePlanHash(saved.plan, planHash);
  return {
    ...runDependencies({ ...dependencies, targets }, ports),
    run,
    ...(saved ? { plan: saved } : {}),
    approve: (proposal) => {
      const given = proposal.origin === 'given' ? saved : undefined;
      const ofRecord = proposal.origin === 'record' ? new NodemendError('RUN_FROM_ELSEWHERE', { run }) : undefined;
      return approve({ proposal, given, inPerson: ofRecord ?? (given && needsPerson(given, planHash)) });
    },
  };
}

/** None where nobody asked to go onto nodes: enough for objects of the API. */
export async function targetsOf(
  session: Session,
  { api, transport }: OpenedSession,
  { interrupt }: Ports,
): Promise<readonly NodeTarget[]> {
  return transport ? (await session.findNodes(api, interrupt)).targets : [];
}
