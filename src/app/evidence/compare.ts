import { driftExit } from '../../engine/drift-exit.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { WantedFile } from '../../problems/kit/synchronise.ts';
import type { DriftReport } from '../documents/drift/report.ts';
import type { Ports } from '../ports.ts';
import type { SynchronisedProblem } from '../problems/synchronised.ts';
import type { Session } from '../session/session.ts';
import { collect, withOpened } from './collect.ts';
import { evidenceFromBundle } from './from-bundle.ts';

export interface ComparisonRequest extends SynchronisedProblem {
  readonly session: Session;
  /** Without a source the nodes are held against each other. */
  readonly wanted: WantedFile;
  /** Evidence that was saved, instead of a look at the nodes. */
  readonly bundle?: string | undefined;
  readonly command: string;
}

export interface Comparison extends DriftReport {
  readonly exitCode: ReturnType<typeof driftExit>;
}

/** How the one file of a problem differs from node to node. @throws NodemendError ACCESS_NOT_ASKED, BUNDLE_…, API_… */
export async function compare(request: ComparisonRequest, ports: Ports): Promise<Comparison> {
  const { session, problem, synchronise, wanted, bundle, command } = request;
  const evidence =
    bundle === undefined
      ? await withOpened(session, async (opened) => {
          if (!opened.transport) throw new NodemendError('ACCESS_NOT_ASKED', { command });
          return (await collect(session, opened, [problem], ports)).evidence;
        })
      : await evidenceFromBundle(bundle, [problem]);
  const drift = synchronise.drift(evidence, wanted);
  return { problem: problem.meta.id, evidence, drift, exitCode: driftExit(drift) };
}
