import { basename, join } from 'node:path';
import type { ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { sha256 } from '../../hash/sha256.ts';
import { writeWhole } from '../../files/write-whole.ts';
import type { ScheduleFolder } from './schedule-folder.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** @throws NodemendError SCHEDULE_CHANGED */
export function requireSha256(path: string, content: string | Buffer, installed: string): void {
  const found = sha256(typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
  if (found === installed) return;
  throw new NodemendError('SCHEDULE_CHANGED', { path, found: found.slice(0, 12), installed: installed.slice(0, 12) });
}

/**
 * A schedule's command, as it is run. In a pod its approval and its source lie in a ConfigMap, which others may write
 * than those who can write the CronJob, at any moment: they are held against the hashes in the record, and the command
 * reads copies of what was held, which are this user's own.
 * @throws NodemendError SCHEDULE_CHANGED, SCHEDULE_FILE_UNREADABLE
 */
export async function verifiedCommand(record: ScheduleRecord, folder: ScheduleFolder): Promise<readonly string[]> {
  if (record.kind !== 'cronjob') return record.command;
  const copies = new Map<string, string>();
  for (const part of record.written) {
    if (part.what !== 'file') continue;
    const text = await readText(part.path);
    requireSha256(part.path, text, part.sha256);
    const copy = join(folder.path, `verified-${basename(part.path)}`);
    await writeWhole(copy, [text], { mode: 0o600 });
    copies.set(part.path, copy);
  }
  return record.command.map((word) => copies.get(word) ?? word);
}

async function readText(path: string): Promise<string> {
  try {
    return (await readNamedFile(path)).toString();
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('SCHEDULE_FILE_UNREADABLE', { typed: 'schedule run', path, fault }, { cause });
  }
}
