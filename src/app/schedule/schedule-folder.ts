import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { readSchedule, requireScheduleName, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { makeOwnFolder } from '../../files/own-path.ts';
import type { Environment } from '../ports.ts';

/** What a schedule keeps on its machine, beside the journals of its runs. */
export interface ScheduleFolder {
  readonly path: string;
  readonly record: string;
  readonly approval: string;
  /** Of the last run. */
  readonly result: string;
  readonly lock: string;
  /** Where cron's runs are told; systemd has a journal. */
  readonly log: string;
  /** The crontab as it was before nodemend last changed it; beside all schedules, because it outlives each. */
  readonly crontabBefore: string;
}

function schedulesFolder(environment: Environment): string {
  return join(dirname(runsFolder(environment)), 'schedules');
}

/** @throws NodemendError SCHEDULE_NAME_INVALID */
export function scheduleFolder(name: string, environment: Environment): ScheduleFolder {
  const path = join(schedulesFolder(environment), requireScheduleName(name));
  const file = (base: string): string => join(path, base);
  return {
    path,
    record: file('schedule.json'),
    approval: file('approval.json'),
    result: file('last-run.json'),
    lock: file('lock'),
    log: file('runs.log'),
    crontabBefore: join(schedulesFolder(environment), 'crontab.before'),
  };
}

/** Makes it where it is not there; closed to others. @throws NodemendError PATH_UNSAFE, SCHEDULE_NOT_WRITTEN */
export function makeFolder({ path }: ScheduleFolder): void {
  try {
    makeOwnFolder(path);
  } catch (cause) {
    if (isNodemendError(cause)) throw cause;
    const fault = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new NodemendError('SCHEDULE_NOT_WRITTEN', { path, fault }, { cause });
  }
}

/** Names of what is installed for this user, sorted. */
export async function installedSchedules(environment: Environment): Promise<readonly string[]> {
  const entries = await readdir(schedulesFolder(environment), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const installed = await Promise.all(
    names.map(async (name) =>
      (await readText(join(schedulesFolder(environment), name, 'schedule.json'))) === undefined ? [] : [name],
    ),
  );
  return installed.flat().toSorted();
}

/** @throws NodemendError SCHEDULE_UNKNOWN, SCHEDULE_INVALID */
export async function installedRecord(
  name: string,
  environment: Environment,
): Promise<{ readonly folder: ScheduleFolder; readonly record: ScheduleRecord }> {
  const folder = scheduleFolder(name, environment);
  const text = await readText(folder.record);
  if (text === undefined) throw new NodemendError('SCHEDULE_UNKNOWN', { name });
  return { folder, record: readSchedule(text, folder.record) };
}

/** Undefined where there is no such file, or no way to read it. */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
