import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { endProcesses, holdersOf, isAlive, processId } from '../../lab/processes.ts';

/** Where something is made until it is whole. */
export interface Workshop {
  /** What it becomes. */
  readonly result: string;
  /** For temporary files; goes with the workshop. */
  readonly temporary: string;
  /** A file descriptor for programs that work here, by which they are found and ended should we be killed. */
  readonly marker: number;
}

const patienceMs = 10_000;

/** `${XDG_CACHE_HOME:-~/.cache}/nodemend/testbed` */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(environment['HOME'] || homedir(), '.cache'), 'nodemend', 'testbed');
}

/**
 * A folder of the cache by its name, made by the first who asks. It appears whole or not at all; what a maker that was
 * killed has left is cleared away, its programs included.
 */
export async function makeOnce(
  cache: string,
  name: string,
  make: (workshop: Workshop) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  await clearAbandoned(cache);
  const self = processId(process.pid);
  const place = join(cache, `.${name}.${process.pid}-${self?.startTime}.${randomUUID()}`);
  const [result, temporary] = [join(place, 'result'), join(place, 'temporary')];
  await Promise.all([result, temporary].map((path) => mkdir(path, { recursive: true })));
  const marker = openSync(markerOf(place), 'w');
  try {
    await make({ result, temporary, marker });
    await rename(result, folder).catch(async (error: unknown) => {
      // Another process made the same meanwhile.
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    closeSync(marker);
    await clear(place);
  }
}

/** Ends and removes what makers of this cache that are no more have begun. */
export async function clearAbandoned(cache: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  await Promise.all(names.filter(isAbandoned).map((name) => clear(join(cache, name))));
}

function isAbandoned(name: string): boolean {
  const [, pid, startTime] = /^\..+\.(\d+)-(\d+)\.[\da-f-]{36}$/.exec(name) ?? [];
  return pid !== undefined && startTime !== undefined && !isAlive({ pid: Number(pid), startTime });
}

async function clear(place: string): Promise<void> {
  await endProcesses(() => holdersOf(markerOf(place)), patienceMs);
  // Go keeps its modules read-only; in a workshop there are none, so root is not needed to remove it.
  await rm(place, { recursive: true, force: true });
}

function markerOf(place: string): string {
  return join(place, 'running');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
