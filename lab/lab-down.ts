import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import { chosenLab, type LabChoice } from './lab-folder.ts';
import { labProcesses } from './lab-processes.ts';
import { endProcesses } from './processes.ts';

export interface LabDownResult {
  /** Whether there was anything to end or remove. */
  readonly wasThere: boolean;
}

export interface LabDownOptions extends LabChoice {
  /** How long processes may take to end, milliseconds; default 20 s. */
  readonly patienceMs?: number;
}

/**
 * Ends a practice cluster, in whatever state it is: running, half started, or what a killed process left. Nodes,
 * mounts, bridge and network namespaces end with the daemon's processes; what is left to remove is the state folder.
 * @throws NodemendError LAB_DOWN_INCOMPLETE
 */
export async function labDown(options: LabDownOptions = {}): Promise<LabDownResult> {
  const { folder } = chosenLab(options);
  const { patienceMs = 20_000 } = options;
  if (!existsSync(folder.path)) return { wasThere: false };
  const left = await endProcesses(() => labProcesses(folder), patienceMs);
  if (left.length > 0) throw new NodemendError('LAB_DOWN_INCOMPLETE', { pids: left.map(({ pid }) => pid).join(', ') });
  await rm(folder.path, { recursive: true, force: true });
  // The folder of all labs goes with the last one; a folder that the caller chose is the caller's.
  if (options.stateDir === undefined) await rmdir(dirname(folder.path)).catch(() => undefined);
  return { wasThere: true };
}
