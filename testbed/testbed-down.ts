import { existsSync, readFileSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { labProcesses } from '../lab/lab-processes.ts';
import { endProcesses } from '../lab/processes.ts';
import type { TestbedFile } from './daemon/run-daemon.ts';
import { cgroupFoldersOf, removeCgroups } from './node/cgroups.ts';
import { chosenTestbed, type TestbedChoice, type TestbedFolder } from './testbed-folder.ts';

/** How long processes may take to end. */
const patienceMs = 20_000;

/**
 * Ends a testbed in whatever state it is: running, half started, or what a killed process left. Processes, mounts, loop devices
 * and networks end with the daemon's namespaces; cgroup folders and the state folder are removed here.
 * @returns whether there was anything
 * @throws Error naming what is left
 */
export async function testbedDown(choice: TestbedChoice): Promise<boolean> {
  const { folder } = chosenTestbed(choice);
  if (!existsSync(folder.path)) return false;
  const left = await endProcesses(() => labProcesses(folder), patienceMs);
  if (left.length > 0) throw new Error(`These processes do not end: ${left.map(({ pid }) => pid).join(', ')}\n  next: run down again`);
  const id = plannedId(folder);
  const cgroups = id === undefined ? [] : await removeCgroups(cgroupFoldersOf(id), patienceMs);
  if (cgroups.length > 0) throw new Error(`These cgroups do not empty: ${cgroups.join(', ')}\n  next: run down again`);
  await rm(folder.path, { recursive: true, force: true });
  if (choice.stateDir === undefined) await rmdir(dirname(folder.path)).catch(() => undefined);
  return true;
}

/** The plan is written before anything that has the id in its name is made. */
function plannedId({ plan }: TestbedFolder): string | undefined {
  try {
    return (JSON.parse(readFileSync(plan, 'utf8')) as TestbedFile).plan.id;
  } catch {
    return undefined;
  }
}
