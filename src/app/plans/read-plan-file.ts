import { resolve } from 'node:path';
import { readPlanKey } from '../../engine/journal/plan-key.ts';
import { stateFolder } from '../../engine/journal/state-folder.ts';
import { originOf, type PlanOrigin } from '../../engine/plan-signature.ts';
import type { Plan } from '../../engine/plan.ts';
import { readPlan } from '../../engine/read-plan.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Ports } from '../ports.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** A plan out of a file, and whether this machine made it. */
export interface SavedPlan {
  readonly plan: Plan;
  /** As it was typed. */
  readonly file: string;
  readonly origin: PlanOrigin;
}

/**
 * A plan that `plan --out` saved. @throws NodemendError PLAN_UNREADABLE, PLAN_INVALID, PLAN_VERSION_UNKNOWN,
 * PLAN_TAMPERED, PLAN_KEY_INVALID
 */
export async function readPlanFile(file: string, context: Ports): Promise<SavedPlan> {
  const plan = readPlan(await readText(resolve(context.workingFolder, file)), file);
  return { plan, file, origin: originOf(plan, await readPlanKey(stateFolder(context.environment)), file) };
}

async function readText(path: string): Promise<string> {
  try {
    return (await readNamedFile(path, 500)).toString();
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('PLAN_UNREADABLE', { path, fault }, { cause });
  }
}
