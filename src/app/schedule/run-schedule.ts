import { journalStore } from '../../engine/journal/journal-store.ts';
import { runsFolder } from '../../engine/journal/state-folder.ts';
import { isDue } from '../../engine/schedule/interval.ts';
import type { ScheduleRecord } from '../../engine/schedule/schedule-record.ts';
import { parseResult, resultLine, verdictOf, type ScheduledResult } from '../../engine/schedule/scheduled-result.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { runLocalProgram, type LocalProgramEnd } from '../../transport/local/local-program.ts';
import type { Environment, Ports } from '../ports.ts';
import { lifelineVariable } from './lifeline.ts';
import { ownProgram } from './own-program.ts';
import { callOnFailure } from './on-failure.ts';
import { appendLog, journalLine, tellSystemLog, turnLog } from './run-log.ts';
import { withRunLock } from './run-lock.ts';
import { makeFolder, readText, scheduleFolder, type ScheduleFolder } from './schedule-folder.ts';
import { verifiedCommand } from './verified-files.ts';
import { printableJson } from '../../text/printable.ts';

export interface ScheduleRun {
  readonly record: ScheduleRecord;
  /** Only when it came up since it last ran: cron asks every hour. */
  readonly onlyIfDue: boolean;
  /** Where systemd, the pod's log and whoever runs it by hand read what is printed. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
}

/**
 * Runs what is scheduled, once, and writes down what became of it: a line in the journal of the system that ran it.
 * @returns the exit code of the command @throws NodemendError SCHEDULE_RUNNING, SCHEDULE_CHANGED, SCHEDULE_FILE_UNREADABLE
 */
export async function runSchedule({ record, onlyIfDue, print }: ScheduleRun, context: Ports): Promise<number> {
  const environment = environmentOf(record, context);
  const folder = scheduleFolder(record.name, environment);
  const isNotDue = async (): Promise<boolean> =>
    onlyIfDue && !isDue(record.rhythm, await lastStart(record, folder), new Date());
  // A run that is under way has started: whoever looks again meanwhile has nothing to do, and nothing to say.
  if (await isNotDue()) return 0;
  makeFolder(folder);
  return withRunLock(folder.lock, record.name, async () => {
    if (await isNotDue()) return 0;
    const command = await verifiedCommand(record, folder);
    const result = await runOnce({ ...record, command }, { folder, environment, context, print, byHand: !onlyIfDue });
    return result.exitCode;
  });
}

interface Place {
  readonly folder: ScheduleFolder;
  readonly environment: Environment;
  readonly context: Ports;
  readonly print: ScheduleRun['print'];
  /** cron asks whether it is due; who does not is a person, or a timer. */
  readonly byHand: boolean;
}

async function runOnce(record: ScheduleRecord, place: Place): Promise<ScheduledResult> {
  const { folder, environment } = place;
  const startedAt = new Date().toISOString();
  // Written before anything else: a run that is killed is not repeated within the hour.
  await keep(folder, { schedule: record.name, startedAt, endedAt: startedAt, exitCode: 137, verdict: verdictOf(137) });
  const voice = await voiceOf(record, place);
  const ended = await runCommand(record, place, voice.tell);
  const plain = await resultOf(record, ended, { startedAt, environment });
  const isCalled = record.onFailure !== undefined && plain.exitCode !== 0;
  const result = isCalled
    ? {
        ...plain,
        onFailure: await callOnFailure(record.onFailure, { result: plain, output: tail(ended) }, environment),
      }
    : plain;
  await keep(folder, result);
  await voice.tellResult(result);
  return result;
}

/** Where a run is told: in the journal of the system that runs it. */
interface Voice {
  readonly tell: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
  readonly tellResult: (result: ScheduledResult) => Promise<void>;
}

async function voiceOf(record: ScheduleRecord, { folder, environment, print, byHand }: Place): Promise<Voice> {
  if (record.kind === 'systemd' || record.kind === 'cronjob') {
    const lineOf =
      record.kind === 'systemd' ? journalLine : (result: ScheduledResult): string => `${resultLine(result)}\n`;
    return {
      tell: (stream, bytes) => print(stream, bytes.toString()),
      tellResult: async (result) => print('stdout', lineOf(result)),
    };
  }
  // What is printed cron mails, or loses; to whoever runs it by hand it is told as well.
  await turnLog(folder.log);
  let written = Promise.resolve();
  return {
    tell: (stream, bytes) => {
      if (byHand) print(stream, bytes.toString());
      written = written.then(() => appendLog(folder.log, bytes));
    },
    tellResult: async (result) => {
      await written;
      await appendLog(folder.log, `${result.endedAt} ${resultLine(result)}\n`);
      await tellSystemLog(result, environment);
      if (byHand) print('stdout', `${resultLine(result)}\n`);
    },
  };
}

async function resultOf(
  { name }: ScheduleRecord,
  { pid, exitCode, stderr }: LocalProgramEnd,
  { startedAt, environment }: { readonly startedAt: string; readonly environment: Environment },
): Promise<ScheduledResult> {
  const run = pid === undefined ? undefined : await runOf(pid, environment);
  // Every error is told with its code in brackets (render/error.ts).
  const error = exitCode === 0 ? undefined : /\[([A-Z][A-Z_]+)\]/.exec(stderr.toString())?.[1];
  const plain = {
    schedule: name,
    startedAt,
    endedAt: new Date().toISOString(),
    exitCode,
    verdict: verdictOf(exitCode),
  };
  return { ...plain, ...(run === undefined ? {} : { run }), ...(error === undefined ? {} : { error }) };
}

/** In a process of its own, which a crash does not take the result line away with. */
async function runCommand(
  record: ScheduleRecord,
  { environment, context }: Place,
  tell: Voice['tell'],
): Promise<LocalProgramEnd> {
  const [program = '', ...args] = ownProgram(context.environment);
  try {
    return await runLocalProgram({
      program,
      args: [...args, ...record.command],
      environment,
      signal: context.interrupt,
      lifeline: lifelineVariable,
      onOutput: tell,
    });
  } catch (error) {
    const stderr = Buffer.from(`${program}: ${error instanceof Error ? error.message : String(error)}\n`);
    tell('stderr', stderr);
    // As shells say that a program could not be started.
    return { pid: undefined, exitCode: 127, stdout: Buffer.alloc(0), stderr };
  }
}

/**
 * What the command sees: as it was installed, and nothing of what happens to be set now. A pod's surroundings are its
 * own.
 */
function environmentOf(record: ScheduleRecord, { environment }: Ports): Environment {
  return record.kind === 'cronjob' ? environment : record.environment;
}

/** The run that a process of this machine began; undefined when it came to none. */
async function runOf(pid: number, environment: Environment): Promise<string | undefined> {
  const store = journalStore(runsFolder(environment));
  // A process id comes round again only after many runs.
  for (const run of (await store.runs().catch(() => [])).toReversed().slice(0, 20)) {
    const journal = await store.read(run).catch(() => undefined);
    if (journal?.entries.some((entry) => entry.entry === 'begin' && entry.process.pid === pid)) return run;
  }
  return undefined;
}

async function lastStart(record: ScheduleRecord, folder: ScheduleFolder): Promise<Date> {
  const last = parseResult((await readText(folder.result)) ?? '');
  return new Date(last?.startedAt ?? record.installedAt);
}

async function keep(folder: ScheduleFolder, result: ScheduledResult): Promise<void> {
  await writeWhole(folder.result, [`${printableJson(JSON.stringify(result, undefined, 2))}\n`], { mode: 0o600 });
}

/** Enough to see why, for somebody who is woken. */
function tail({ stdout, stderr }: LocalProgramEnd): string {
  return `${stdout.toString()}${stderr.toString()}`.slice(-8_000);
}
