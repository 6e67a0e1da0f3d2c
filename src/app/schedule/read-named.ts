import { resolve } from 'node:path';
import { readSchedule, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { ownFile } from '../../files/own-file.ts';
import type { Environment, Ports } from '../ports.ts';
import { installedRecord, scheduleFolder } from './schedule-folder.ts';
import { requireSha256 } from './verified-files.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

export interface NamedSchedule {
  /** Its name, or its file, as a timer and a pod name it. */
  readonly nameOrFile: string;
  /** Of the file, as the command line says it, hex: where others may write the file than the command line. */
  readonly sha256: string | undefined;
}

/**
 * Reads what is to be run with this user's rights. A file is believed when it is the user's own record, as install
 * wrote it, or by its hash.
 * @throws NodemendError SCHEDULE_UNKNOWN, SCHEDULE_INVALID, SCHEDULE_FILE_UNREADABLE, SCHEDULE_CHANGED,
 * SCHEDULE_UNVERIFIED, PATH_UNSAFE
 */
export async function readScheduleNamed(
  { nameOrFile, sha256 }: NamedSchedule,
  { environment, workingFolder }: Ports,
): Promise<ScheduleRecord> {
  const isName = !/[./]/.test(nameOrFile);
  if (isName) await installedRecord(nameOrFile, environment);
  const path = isName ? scheduleFolder(nameOrFile, environment).record : resolve(workingFolder, nameOrFile);
  try {
    const bytes = await readNamedFile(path);
    if (sha256 !== undefined) requireSha256(path, bytes, sha256);
    const record = readSchedule(bytes.toString(), path);
    if (sha256 === undefined) requireOwn(record, path, environment);
    return record;
  } catch (cause) {
    if (cause instanceof NodemendError) throw cause;
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('SCHEDULE_FILE_UNREADABLE', { typed: 'schedule run', path, fault }, { cause });
  }
}

/** The record in the folder of this user's schedules: it says what is run, with whose rights it is run. */
function requireOwn(record: ScheduleRecord, path: string, environment: Environment): void {
  const places = [environment, record.environment].map((one) => scheduleFolder(record.name, one).record);
  if (record.kind === 'cronjob' || !places.includes(path)) throw new NodemendError('SCHEDULE_UNVERIFIED', { path });
  ownFile(path);
}
