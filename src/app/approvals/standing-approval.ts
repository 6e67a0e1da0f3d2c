import { resolve } from 'node:path';
import { readApproval } from '../../engine/schedule/read-approval.ts';
import { requireApproved, type StandingQuestion } from '../../engine/schedule/require-approved.ts';
import type { StandingApproval } from '../../engine/schedule/standing-approval.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { ownFile } from '../../files/own-file.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { Ports } from '../ports.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** What a plan is held against instead of asking somebody. */
export interface Standing {
  readonly approval: StandingApproval;
  /** @throws NodemendError APPROVAL_EXCEEDED. To be called with every plan, one without actions too. */
  readonly require: (question: Pick<StandingQuestion, 'plan' | 'source' | 'selected' | 'unseen'>) => void;
}

/** What is asked for beside what is safe by default, and for which nodes. */
export type AskedBeside = Pick<StandingQuestion, 'allow' | 'remedies' | 'selection' | 'onNodes'>;

/** @throws NodemendError APPROVAL_UNREADABLE, APPROVAL_UNSAFE, APPROVAL_INVALID, before anything is contacted */
export async function readStanding(file: string, asked: AskedBeside, { workingFolder }: Ports): Promise<Standing> {
  const path = resolve(workingFolder, file);
  const approval = readApproval(await readText(path), path);
  const usualPaths = pathsOf(problemCatalogue.filter(({ meta }) => approval.problems.includes(meta.id)));
  return { approval, require: (question) => requireApproved(approval, { ...question, ...asked, usualPaths }) };
}

/** Where the plans of these problems write files on nodes. */
export function pathsOf(planned: readonly Pick<CatalogueEntry, 'meta'>[]): readonly string[] {
  return [...new Set(planned.flatMap(({ meta }) => meta.writes))].toSorted();
}

async function readText(path: string): Promise<string> {
  try {
    // Whoever can write it, or exchange it, approves for root.
    return (await readNamedFile(ownFile(path))).toString();
  } catch (cause) {
    if (isNodemendError(cause)) throw new NodemendError('APPROVAL_UNSAFE', { path }, { cause });
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('APPROVAL_UNREADABLE', { path, fault }, { cause });
  }
}
