import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock older than this was left by a process that was killed: nobody holds one for longer than an append. */
const staleMs = 10_000;
const pauseMs = 25;

/**
 * Holds `<path>.lock` while `work` runs, so that nodemend processes do not write a file at the same time.
 * @throws the file system's own errors, and one of the same kind (`ELOCKED`) when the lock stays taken.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, patienceMs = 2000): Promise<T> {
  const lock = `${path}.lock`;
  await take(lock, Date.now() + patienceMs);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, deadline: number): Promise<void> {
  while (!(await created(lock))) {
    if (await isStale(lock)) await rm(lock, { force: true });
    else if (Date.now() > deadline) throw Object.assign(new Error(`${lock} is taken`), { code: 'ELOCKED' });
    else await sleep(pauseMs);
  }
}

async function created(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(lock)).mtimeMs > staleMs;
  } catch {
    // Given back in the meantime.
    return false;
  }
}
