import { existsSync, readFileSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { labProcesses } from '../lab/lab-processes.ts';
import { endProcesses } from '../lab/processes.ts';
import type { TestbedFile } from './daemon/run-daemon.ts';
import { cacheFolder, clearAbandoned } from './go/make-once.ts';
import { freeLoopDevices } from './loop-devices.ts';
import { cgroupFoldersOf, removeCgroups } from './node/cgroups.ts';
import { chosenTestbed, type TestbedChoice, type TestbedFolder } from './testbed-folder.ts';

/** How long processes may take to end. */
const patienceMs = 20_000;

/**
 * Ends a testbed in whatever state it is: running, half started, or what a killed process left. Processes, mounts, loop
 * devices and networks end with the daemon's namespaces; cgroup folders, loop devices that the kernel made more of,
 * builds that were cut off and the state folder are removed here.
 * @returns whether there was anything
 * @throws Error naming what is left
 */
export async function testbedDown(choice: TestbedChoice): Promise<boolean> {
  const { folder } = chosenTestbed(choice);
  await clearAbandoned(cacheFolder(process.env));
  if (!existsSync(folder.path)) return false;
  const left = await endProcesses(() => labProcesses(folder), patienceMs);
  if (left.length > 0)
    throw new Error(`These processes do not end: ${left.map(({ pid }) => pid).join(', ')}\n  next: run down again`);
  const file = testbedFile(folder);
  if (file !== undefined) await removeOutsideOfNamespaces(file, folder);
  await rm(folder.path, { recursive: true, force: true });
  if (choice.stateDir === undefined) await rmdir(dirname(folder.path)).catch(() => undefined);
  return true;
}

/** What no namespace ends. */
async function removeOutsideOfNamespaces({ plan, loopDevices }: TestbedFile, { path }: TestbedFolder): Promise<void> {
  const cgroups = await removeCgroups(cgroupFoldersOf(plan.id), patienceMs);
  if (cgroups.length > 0) throw new Error(`These cgroups do not empty: ${cgroups.join(', ')}\n  next: run down again`);
  const busy = await freeLoopDevices({ files: path, before: loopDevices, patienceMs });
  if (busy.length > 0) throw new Error(`These loop devices are not freed: ${busy.join(', ')}\n  next: run down again`);
}

/** It is written before anything of a testbed is made. */
function testbedFile({ plan }: TestbedFolder): TestbedFile | undefined {
  try {
    return JSON.parse(readFileSync(plan, 'utf8')) as TestbedFile;
  } catch {
    return undefined;
  }
}
