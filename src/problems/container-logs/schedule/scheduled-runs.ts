import { startedBy, type Job, type Scheduler, type Started } from './scheduler.ts';
import { isReadByCron, isRunByParts } from '../../../cron/cron-names.ts';
import { cronPeriod } from '../../../cron/cron-period.ts';
import { isActive, serviceOf, timerPeriod } from '../../../runtimes/systemd/timer.ts';

/** A way in which logrotate is started again and again without anybody's doing. */
export interface ScheduledRun {
  /** The unit of systemd, or the file of cron's, that starts it. */
  readonly by: string;
  /** Days between two runs. */
  readonly period: number;
  /** Files that it is given to read. */
  readonly configurations: readonly string[];
}

/** Every way that is in force: the scheduler runs, what it reads names logrotate, and nothing on the way stops it. */
export function scheduledRuns(scheduler: Scheduler): readonly ScheduledRun[] {
  return [...timerRuns(scheduler), ...cronRuns(scheduler)];
}

function timerRuns({ units }: Scheduler): readonly ScheduledRun[] {
  return [...units].flatMap(([name, timer]) => {
    if (!name.endsWith('.timer') || !isActive(timer)) return [];
    const started = startedBy(units.get(serviceOf(timer))?.get('ExecStart') ?? '');
    if (!started.logrotate) return [];
    return [{ by: name, period: timerPeriod(timer.get('TimersCalendar')), configurations: started.configurations }];
  });
}

/** What cron's daemon reaches, from line to folder to script, anacron's table among it. */
function cronRuns(scheduler: Scheduler): readonly ScheduledRun[] {
  const daemon = ['cron', 'crond'].find((name) => scheduler.processes.has(name));
  const lines = scheduler.jobs.filter(
    ({ kind, path }) => (kind === 'crontab' && isReadByCron(path, daemon)) || kind === 'user',
  );
  const begun = daemon === undefined ? [] : lines;
  const anacronByTimer = isActive(scheduler.units.get('anacron.timer')) || scheduler.processes.has('anacron');
  return follow({ scheduler, daemon }, begun, anacronByTimer);
}

interface Walk {
  readonly scheduler: Scheduler;
  readonly daemon: string | undefined;
}

interface Reached {
  readonly job: Job;
  readonly period: number;
}

function follow(walk: Walk, begun: readonly Job[], anacronByTimer: boolean): readonly ScheduledRun[] {
  const { jobs } = walk.scheduler;
  const done = new Set<Job>();
  const table = jobs.filter(({ kind }) => kind === 'anacron').map((job) => ({ job, period: cronPeriod(job) }));
  let open: readonly Reached[] = [
    ...begun.map((job) => ({ job, period: cronPeriod(job) })),
    ...(anacronByTimer ? table : []),
  ];
  const runs: ScheduledRun[] = [];
  while (open.length > 0) {
    const fresh = open.filter(({ job }) => !done.has(job) && !isStopped(job, walk.scheduler));
    for (const { job, period } of fresh) {
      done.add(job);
      if (job.logrotate) runs.push({ by: job.path, period, configurations: job.configurations });
    }
    open = fresh.flatMap(({ job, period }) => [
      ...scriptsOf(job, walk).map((script) => ({ job: script, period })),
      ...(job.anacron ? table : []),
    ]);
  }
  return runs;
}

/** The scripts that are run with these folders. */
function scriptsOf({ folders }: Started, { scheduler, daemon }: Walk): readonly Job[] {
  return scheduler.jobs.filter((job) => {
    const slash = job.path.lastIndexOf('/');
    return (
      job.kind === 'script' &&
      folders.includes(job.path.slice(0, slash)) &&
      isRunByParts(job.path.slice(slash + 1), daemon)
    );
  });
}

/** A script that leaves the work to somebody else says so on a line of its own. */
function isStopped(job: Job, { jobs, present }: Scheduler): boolean {
  const lines = job.kind === 'script' ? jobs.filter(({ path }) => path === job.path) : [job];
  return lines.some(({ unless }) => unless.some((path) => present.has(path)));
}
