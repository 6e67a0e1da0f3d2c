import { resolve } from 'node:path';
import { writeBundle } from '../../evidence/bundle.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../session/session.ts';
import { collect, withOpened, withPlanFacts } from './collect.ts';

export interface BundleRequest {
  readonly session: Session;
  readonly asked: readonly Problem[];
  readonly file: string;
}

/** Saves what a diagnosis would look at, and a plan, redacted. @throws NodemendError NO_TARGETS, API_…, and those of writing it */
export async function saveBundle({ session, asked, file }: BundleRequest, ports: Ports): Promise<Evidence> {
  const { evidence } = await withOpened(session, (opened) => collect(session, opened, withPlanFacts(asked), ports));
  await writeBundle(resolve(ports.workingFolder, file), evidence);
  return evidence;
}
