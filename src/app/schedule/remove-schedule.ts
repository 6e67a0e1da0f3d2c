import { readFile, rm } from 'node:fs/promises';
import { findBlock } from '../../engine/schedule/crontab-text.ts';
import type { ScheduleRecord, WrittenPart } from '../../engine/schedule/schedule-record.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Environment, Ports } from '../ports.ts';
import { sha256 } from '../../hash/sha256.ts';
import { lockHolder } from './run-lock.ts';
import type { ScheduleFolder } from './schedule-folder.ts';
import { forgetUnits, stopTimer } from './systemd-units.ts';
import { editCrontab, readCrontab } from './user-crontab.ts';

/** A part of a schedule as it is now: as it was installed, edited since, or gone. */
export interface FoundPart {
  /** A path, or `crontab`. */
  readonly part: string;
  readonly state: 'as-installed' | 'edited' | 'gone';
}

/** @throws NodemendError CRONTAB_FAILED */
export async function findParts(
  { name, written }: ScheduleRecord,
  { environment }: Ports,
): Promise<readonly FoundPart[]> {
  return Promise.all(
    written.map(async (part) => ({
      part: part.what === 'file' ? part.path : 'crontab',
      state: await stateOf(part, name, environment),
    })),
  );
}

async function stateOf(part: WrittenPart, name: string, environment: Environment): Promise<FoundPart['state']> {
  const text = part.what === 'file' ? await fileText(part.path) : await ownBlock(name, environment);
  if (text === undefined) return 'gone';
  return sha256(Buffer.from(text, 'utf8')) === part.sha256 ? 'as-installed' : 'edited';
}

async function fileText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // What cannot be read is not gone.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}

/** The block's bytes are UTF-8; marks that are not whole are an edit. */
async function ownBlock(name: string, environment: Environment): Promise<string | undefined> {
  const crontab = await readCrontab(environment);
  try {
    const found = findBlock(crontab, name);
    return found && Buffer.from(found.block, 'latin1').toString('utf8');
  } catch {
    return '';
  }
}

interface Removal {
  readonly record: ScheduleRecord;
  readonly folder: ScheduleFolder;
  /** Also what somebody edited since. */
  readonly discardEdits: boolean;
}

/**
 * Takes out exactly what install wrote, and the standing approval with it. @returns what was taken out
 * @throws NodemendError SCHEDULE_RUNNING, SCHEDULE_EDITED (nothing was taken out then), SYSTEMCTL_FAILED, CRONTAB_…
 */
export async function removeSchedule(
  { record, folder, discardEdits }: Removal,
  context: Ports,
): Promise<readonly string[]> {
  const { environment } = context;
  const { name } = record;
  const pid = await lockHolder(folder.lock);
  if (pid !== undefined) throw new NodemendError('SCHEDULE_RUNNING', { name, pid });
  const parts = await findParts(record, context);
  const edited = parts.filter(({ state }) => state === 'edited').map(({ part }) => part);
  if (edited.length > 0 && !discardEdits)
    throw new NodemendError('SCHEDULE_EDITED', { name, parts: edited.join(', ') });
  const there = parts.filter(({ state }) => state !== 'gone').map(({ part }) => part);
  if (record.kind === 'systemd' && there.length > 0) await stopTimer(name, environment);
  for (const part of there) {
    if (part === 'crontab')
      await editCrontab({ edit: (before) => findBlock(before, name)?.rest ?? before, folder, environment });
    else await rm(part, { force: true });
  }
  if (record.kind === 'systemd') await forgetUnits(environment);
  await rm(folder.path, { recursive: true, force: true });
  return [...there, folder.path];
}
