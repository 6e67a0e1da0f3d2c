import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '../../hash/sha256.ts';
import { crontabBlock, cronCommand, findBlock, withBlock } from '../../engine/schedule/crontab-text.ts';
import { hourlyCronText } from '../../engine/schedule/interval.ts';
import {
  scheduleText,
  shownCommand,
  type ScheduleRecord,
  type WrittenPart,
} from '../../engine/schedule/schedule-record.ts';
import { unitTexts } from '../../engine/schedule/unit-text.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { ownUser } from '../../transport/own-user.ts';
import type { Ports } from '../ports.ts';
import { ownProgram } from './own-program.ts';
import { commandLine } from '../texts/command-line.ts';
import { makeFolder, type ScheduleFolder } from './schedule-folder.ts';
import { forgetUnits, isSystem, startTimer, stopTimer, unitFiles } from './systemd-units.ts';
import { editCrontab } from './user-crontab.ts';

/** All that install will write for the machine's scheduler, to be shown first. */
export interface Installation {
  readonly files: readonly { readonly path: string; readonly text: string; readonly mode: number }[];
  /** Lines that are added to the user's crontab. */
  readonly crontab?: string;
}

export interface InstallationRequest {
  readonly record: Omit<ScheduleRecord, 'written'>;
  readonly folder: ScheduleFolder;
  readonly spreadSeconds: number;
  readonly local: boolean;
}

/** @throws NodemendError SCHEDULE_PATH_INVALID */
export function installationOf(
  { record, folder, spreadSeconds, local }: InstallationRequest,
  { environment }: Ports,
): Installation {
  const { name, kind, rhythm } = record;
  const run = [...ownProgram(environment), 'schedule', 'run', folder.record];
  if (kind === 'systemd') {
    const units = unitTexts({
      name,
      summary: commandLine(shownCommand(record)),
      command: run,
      rhythm,
      spreadSeconds,
      system: isSystem(),
      changesThisMachine: local,
    });
    const files = unitFiles(name, environment);
    return {
      files: [
        { path: files.service, text: units.service, mode: 0o644 },
        { path: files.timer, text: units.timer, mode: 0o644 },
      ],
    };
  }
  const line = cronCommand(commandLine([...run, '--if-due']));
  const time = hourlyCronText(rhythm);
  if (kind === 'cron') return { files: [], crontab: crontabBlock(name, `${time} ${line}`) };
  // A table of the system names the user of each line (cron(8)).
  return { files: [{ path: cronTable(name), text: crontabBlock(name, `${time} ${ownUser()} ${line}`), mode: 0o644 }] };
}

function cronTable(name: string): string {
  return `/etc/cron.d/nodemend-${name}`;
}

interface Installing extends Installation {
  readonly record: Omit<ScheduleRecord, 'written'>;
  readonly folder: ScheduleFolder;
  readonly approval: string | undefined;
}

/**
 * Writes it all, the part that makes it run last; whatever fails is undone. @throws NodemendError SCHEDULE_EXISTS,
 * SCHEDULE_NOT_WRITTEN, SYSTEMCTL_FAILED, CRONTAB_…
 */
export async function installSchedule(
  { record, folder, approval, files, crontab }: Installing,
  { environment }: Ports,
): Promise<void> {
  const written: readonly WrittenPart[] = [
    ...files.map(({ path, text }): WrittenPart => ({ what: 'file', path, sha256: sha256(Buffer.from(text, 'utf8')) })),
    ...(crontab === undefined ? [] : [{ what: 'crontab', sha256: sha256(Buffer.from(crontab, 'utf8')) } as const]),
  ];
  // Somebody's own, or left over from a state folder that is gone: not ours to write over.
  const there = files.find(({ path }) => existsSync(path));
  if (there) throw new NodemendError('SCHEDULE_EXISTS', { name: record.name, path: there.path });
  const undo: (() => Promise<unknown>)[] = [];
  const put = async (path: string, text: string, mode: number): Promise<void> => {
    undo.unshift(() => rm(path, { force: true }));
    try {
      // A user's first unit; where there is no /etc/cron.d there is nobody to read it.
      if (record.kind === 'systemd') await mkdir(dirname(path), { recursive: true });
      await writeWhole(path, [text], { mode });
    } catch (cause) {
      if (isNodemendError(cause)) throw cause;
      const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      throw new NodemendError('SCHEDULE_NOT_WRITTEN', { path, fault }, { cause });
    }
  };
  try {
    undo.unshift(() => rm(folder.path, { recursive: true, force: true }));
    makeFolder(folder);
    if (approval !== undefined) await put(folder.approval, approval, 0o600);
    await put(folder.record, scheduleText({ ...record, written }), 0o600);
    for (const { path, text, mode } of files) await put(path, text, mode);
    if (crontab !== undefined) {
      undo.push(() =>
        editCrontab({ edit: (before) => findBlock(before, record.name)?.rest ?? before, folder, environment }),
      );
      await editCrontab({
        edit: (before) => withBlock(before, record.name, Buffer.from(crontab).toString('latin1')),
        folder,
        environment,
      });
    }
    if (record.kind === 'systemd') {
      undo.push(() => forgetUnits(environment));
      undo.unshift(() => stopTimer(record.name, environment));
      await startTimer(record.name, environment);
    }
  } catch (error) {
    for (const step of undo)
      await step().catch((failure: unknown) => void (isNodemendError(failure) || Promise.reject(failure)));
    throw error;
  }
}
