import { configuredNames } from '../configuration/image-replacements.ts';
import { diagnose as diagnoseEvidence } from '../../engine/diagnose.ts';
import { readBundle } from '../../evidence/bundle.ts';
import type { Problem } from '../../problems/problem.ts';
import type { FindingsReport } from '../documents/findings/report.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { checkEarlier } from './check-earlier.ts';
import { collect, withOpened } from './collect.ts';
import { evidenceFromBundle } from './from-bundle.ts';

export interface DiagnosisRequest {
  readonly session: Session;
  /** Undefined for all that were loaded, or all that the bundle was made for. */
  readonly asked?: readonly Problem[] | undefined;
  /** Evidence that was saved, instead of a look at the cluster. */
  readonly bundle?: string | undefined;
  /** A bundle from before of the same nodes, which tells how fast things change on them. */
  readonly since?: string | undefined;
  /** The version that the cluster is to be upgraded to. */
  readonly upgradeTo?: string | undefined;
}

/** What is wrong. @throws NodemendError BUNDLE_…, NO_TARGETS, API_…; a wrong file before any node is asked */
export async function diagnose(
  { session, asked, bundle, since, upgradeTo }: DiagnosisRequest,
  ports: Ports & Loaded,
): Promise<FindingsReport> {
  const { problems } = ports;
  const earlier = since === undefined ? undefined : await readBundle(since);
  const found =
    bundle === undefined
      ? await withOpened(session, async (opened) => (await collect(session, opened, asked ?? problems, ports)).evidence)
      : await evidenceFromBundle(bundle, asked, session.namespace);
  const evidence = upgradeTo === undefined ? found : { ...found, scope: { ...found.scope, upgradeTo } };
  if (earlier !== undefined) checkEarlier(since ?? '', earlier, evidence);
  const names = configuredNames(session.configuration);
  return { evidence, diagnosis: diagnoseEvidence(evidence, problems, { earlier, names }) };
}
