import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isRunningHere, ownProcess, type ProcessIdentity } from '../../engine/journal/process-identity.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

/**
 * Holds a file that names this process while `work` runs: two runs of one schedule never meet, whoever starts them.
 * What a process that is gone left behind, also before a reboot, holds nobody up. Between machines the lease and the
 * locks on the nodes do the same.
 * @throws NodemendError SCHEDULE_RUNNING
 */
export async function withRunLock<T>(path: string, name: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  // Linked into place with its content: nobody reads a lock that does not say yet whose it is.
  await writeFile(own, JSON.stringify(ownProcess()), { mode: 0o600, flag: 'wx' });
  try {
    while (!(await linked(own, path))) await removeIfStale(path, name);
  } finally {
    await rm(own, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(path: string, name: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  // Given back in the meantime.
  if (before === undefined) return;
  const holder = identityOf(before);
  if (holder && isRunningHere(holder)) throw new NodemendError('SCHEDULE_RUNNING', { name, pid: holder.pid });
  const aside = `${path}.stale.${process.pid}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => before);
  // Somebody else was quicker: what was moved is their new lock, and goes back.
  if (moved !== before) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function identityOf(text: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity>;
    const { host, boot, pid, start } = value;
    return host !== undefined && boot !== undefined && pid !== undefined && start !== undefined
      ? { host, boot, pid, start }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Who holds it now; undefined when nobody does. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const holder = identityOf((await readFile(path, 'utf8').catch(() => undefined)) ?? '');
  return holder && isRunningHere(holder) ? holder.pid : undefined;
}
