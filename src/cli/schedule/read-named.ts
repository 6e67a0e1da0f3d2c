import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readSchedule, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { installedRecord } from './schedule-folder.ts';

/**
 * A schedule by its name, or by its file, as a timer and a pod name it. @throws NodemendError SCHEDULE_UNKNOWN,
 * SCHEDULE_INVALID, SCHEDULE_FILE_UNREADABLE
 */
export async function readScheduleNamed(
  nameOrFile: string,
  { environment, workingFolder }: CommandContext,
): Promise<ScheduleRecord> {
  if (!/[./]/.test(nameOrFile)) return (await installedRecord(nameOrFile, environment)).record;
  const path = resolve(workingFolder, nameOrFile);
  try {
    const { mode } = await stat(path);
    // It says what is run, with whose rights it is run.
    if (mode & 0o002) throw Object.assign(new Error('writable by all'), { code: 'o+w' });
    return readSchedule(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof NodemendError) throw cause;
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('SCHEDULE_FILE_UNREADABLE', { typed: 'schedule run', path, fault }, { cause });
  }
}
