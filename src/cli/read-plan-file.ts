import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plan } from '../engine/plan.ts';
import { readPlan } from '../engine/read-plan.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { CommandContext } from './command-context.ts';

/**
 * A plan that `plan --out` saved. @throws NodemendError PLAN_UNREADABLE, PLAN_INVALID, PLAN_VERSION_UNKNOWN,
 * PLAN_TAMPERED
 */
export async function readPlanFile(file: string, { workingFolder }: CommandContext): Promise<Plan> {
  return readPlan(await readText(resolve(workingFolder, file)), file);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('PLAN_UNREADABLE', { path, fault }, { cause });
  }
}
