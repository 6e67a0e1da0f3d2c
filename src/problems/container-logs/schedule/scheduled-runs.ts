import { scheduledTables } from './cron-tables.ts';
import { startedBy, type Job, type Scheduler, type Started } from './scheduler.ts';
import { isRunByParts } from '../../../cron/cron-names.ts';
import { cronPeriod, cronStarts } from '../../../cron/cron-period.ts';
import { isActive, serviceOf, timerPeriod, timerStarts } from '../../../runtimes/systemd/timer.ts';

/** A way in which logrotate is started again and again without anybody's doing. */
export interface ScheduledRun extends RunTimes {
  /** The unit of systemd, or the file of cron's, that starts it. */
  readonly by: string;
  /** Files that it is given to read; `?` for one that only a shell knows. */
  readonly configurations: readonly string[];
  /** `logrotate --force`: each run rotates, whatever the rules say. */
  readonly isForced: boolean;
}

interface RunTimes {
  /** The longest time between two runs, days. */
  readonly period: number;
  /** Minutes of a day at which it runs, on the days that it does; empty where they are not known. */
  readonly starts: readonly number[];
}

/** Every way that is in force: the scheduler runs, what it reads names logrotate, and nothing on the way stops it. */
export function scheduledRuns(scheduler: Scheduler): readonly ScheduledRun[] {
  return [...timerRuns(scheduler), ...cronRuns(scheduler)];
}

function timerRuns({ units }: Scheduler): readonly ScheduledRun[] {
  return [...units].flatMap(([name, timer]) => {
    if (!name.endsWith('.timer') || !isActive(timer)) return [];
    const started = startedBy(units.get(serviceOf(timer))?.get('ExecStart') ?? '');
    const calendar = timer.get('TimersCalendar');
    return runOf(started, name, { period: timerPeriod(calendar), starts: timerStarts(calendar) });
  });
}

/** Without a file to read logrotate prints its usage, and with `--debug` it changes nothing. */
function runOf(started: Started, by: string, { period, starts }: RunTimes): readonly ScheduledRun[] {
  const { logrotate, isDebug, isForced, configurations } = started;
  return logrotate && !isDebug && configurations.length > 0 ? [{ by, period, starts, configurations, isForced }] : [];
}

/** What cron's daemon reaches, from line to folder to script, anacron's table among it. */
function cronRuns(scheduler: Scheduler): readonly ScheduledRun[] {
  const begun = scheduledTables(scheduler).flatMap(({ jobs }) => jobs);
  const anacronByTimer = isActive(scheduler.units.get('anacron.timer')) || scheduler.processes.has('anacron');
  return follow(scheduler, begun, anacronByTimer);
}

interface Reached extends RunTimes {
  readonly job: Job;
}

function timesOf(job: Job): Reached {
  return { job, period: cronPeriod(job), starts: cronStarts(job) };
}

function follow(scheduler: Scheduler, begun: readonly Job[], anacronByTimer: boolean): readonly ScheduledRun[] {
  const done = new Set<Job>();
  const table = scheduler.jobs.filter(({ kind }) => kind === 'anacron').map(timesOf);
  let open: readonly Reached[] = [...begun.map(timesOf), ...(anacronByTimer ? table : [])];
  const runs: ScheduledRun[] = [];
  while (open.length > 0) {
    const fresh = open.filter(({ job }) => !done.has(job) && !isStopped(job, scheduler));
    for (const { job, ...times } of fresh) {
      done.add(job);
      runs.push(...runOf(job, job.path, times));
    }
    open = fresh.flatMap(({ job, ...times }) => [
      ...scriptsOf(job, scheduler).map((script) => ({ job: script, ...times })),
      ...(job.anacron ? table : []),
    ]);
  }
  return runs;
}

/** The scripts that are run with these folders. */
function scriptsOf({ folders }: Started, { jobs, processes }: Scheduler): readonly Job[] {
  return jobs.filter((job) => {
    const slash = job.path.lastIndexOf('/');
    return (
      job.kind === 'script' &&
      folders.includes(job.path.slice(0, slash)) &&
      isRunByParts(job.path.slice(slash + 1), processes.has('cron') ? 'cron' : 'crond')
    );
  });
}

/** A script that leaves the work to somebody else says so on a line of its own. */
function isStopped(job: Job, { jobs, present }: Scheduler): boolean {
  const lines = job.kind === 'script' ? jobs.filter(({ path }) => path === job.path) : [job];
  return lines.some(({ unless }) => unless.some((path) => present.has(path)));
}
