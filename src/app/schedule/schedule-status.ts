import { lastSlot, nextSlot } from '../../engine/schedule/interval.ts';
import { shownCommand, type ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { parseResult, type ScheduledResult } from '../../engine/schedule/scheduled-result.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import { isNodemendError, type ErrorParams } from '../../errors/nodemend-error.ts';
import type { Ports } from '../ports.ts';
import { cronDaemon } from './cron-daemon.ts';
import { lockHolder } from './run-lock.ts';
import { findParts, type FoundPart } from './remove-schedule.ts';
import { readText, type ScheduleFolder } from './schedule-folder.ts';
import { timerState } from './systemd-units.ts';

/** What is seen of a schedule, and whether somebody has to look after it. */
export interface ScheduleStatus {
  readonly name: string;
  readonly kind: ScheduleRecord['kind'];
  /** A word of `--every`; of a CronJob its five fields. */
  readonly every: string;
  /** Empty where it is not known. */
  readonly command: readonly string[];
  readonly state: 'ready' | 'running' | 'edited' | 'gone' | 'stopped' | 'overdue' | 'unknown';
  readonly parts: readonly FoundPart[];
  /** When it comes up next, RFC 3339. */
  readonly next?: string;
  /** Absent when it never ran. */
  readonly last?: LastRun;
  /** Of what cron would run: no cron of this machine runs, or the processes of others are hidden. */
  readonly cron?: 'absent' | 'unknown';
  /** Why the state is unknown, English. */
  readonly detail?: string;
  /** The same by its code. */
  readonly error?: { readonly code: ErrorCode; readonly params: ErrorParams };
}

/** Of a CronJob only what its own status tells: the rest is in the log of its pod. */
export interface LastRun
  extends Pick<ScheduledResult, 'startedAt' | 'verdict'>, Partial<Omit<ScheduledResult, 'startedAt' | 'verdict'>> {
  readonly isGood: boolean;
}

/** A run that is late by no more than this is only waiting its turn: the spread of a timer, a long run before it. */
const patienceMs = 2 * 3_600_000;

/** Only looks. Never throws: what cannot be seen is unknown. */
export async function scheduleStatus(
  record: ScheduleRecord,
  folder: ScheduleFolder,
  context: Ports,
): Promise<ScheduleStatus> {
  const last = parseResult((await readText(folder.result)) ?? '');
  const plain = {
    name: record.name,
    kind: record.kind,
    every: record.rhythm.every,
    command: shownCommand(record),
    ...(last ? { last: { ...last, isGood: last.exitCode === 0 } } : {}),
  };
  try {
    return { ...plain, ...(await look(record, { folder, last, context })) };
  } catch (error) {
    if (!isNodemendError(error)) throw error;
    const { code, params, message: detail } = error;
    return { ...plain, parts: [], state: 'unknown', detail, error: { code, params } };
  }
}

interface Looking {
  readonly folder: ScheduleFolder;
  readonly last: ScheduledResult | undefined;
  readonly context: Ports;
}

async function look(
  record: ScheduleRecord,
  { folder, last, context }: Looking,
): Promise<Pick<ScheduleStatus, 'parts' | 'state' | 'next' | 'cron'>> {
  const now = new Date();
  const parts = await findParts(record, context);
  const timer = record.kind === 'systemd' ? await timerState(record.name, context.environment) : undefined;
  const isRunning = (await lockHolder(folder.lock)) !== undefined;
  const cron = record.kind === 'systemd' ? 'runs' : await cronDaemon();
  const stopped = cron === 'absent' || (timer !== undefined && !(timer.active && timer.enabled));
  const next = timer ? timer.next : nextSlot(record.rhythm, now).toISOString();
  return {
    parts,
    state: stateOf({ parts, isRunning, stopped, hidden: cron === 'unknown', late: isLate(record, last, now) }),
    ...(next === undefined ? {} : { next }),
    ...(cron === 'runs' ? {} : { cron }),
  };
}

function isLate({ rhythm, installedAt }: ScheduleRecord, last: ScheduledResult | undefined, now: Date): boolean {
  const slot = lastSlot(rhythm, now);
  return now.getTime() - slot.getTime() > patienceMs && new Date(last?.startedAt ?? installedAt) < slot;
}

interface Observed {
  readonly parts: readonly FoundPart[];
  readonly isRunning: boolean;
  readonly stopped: boolean;
  readonly late: boolean;
  /** Whether it runs what it should cannot be seen. */
  readonly hidden: boolean;
}

function stateOf({ parts, isRunning, stopped, hidden, late }: Observed): ScheduleStatus['state'] {
  if (parts.some(({ state }) => state === 'gone')) return 'gone';
  if (stopped) return 'stopped';
  if (parts.some(({ state }) => state === 'edited')) return 'edited';
  if (isRunning) return 'running';
  if (late) return 'overdue';
  return hidden ? 'unknown' : 'ready';
}

/**
 * As a reading command ends: 3 when it does not run or its last run went wrong, 5 when it cannot be seen, 4 when it was
 * edited.
 */
export function statusExit(statuses: readonly ScheduleStatus[]): 0 | 3 | 4 | 5 {
  const fails = ({ state, last }: ScheduleStatus): boolean =>
    ['gone', 'stopped', 'overdue'].includes(state) || (state !== 'running' && last !== undefined && !last.isGood);
  if (statuses.some(fails)) return 3;
  if (statuses.some(({ state }) => state === 'unknown')) return 5;
  return statuses.some(({ state }) => state === 'edited') ? 4 : 0;
}
