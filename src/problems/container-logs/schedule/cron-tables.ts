import { ignoredEntry, ignoredTable, type CronDaemon, type Crontab, type IgnoredTable } from '../../../cron/crontab.ts';
import { cronPeriod } from '../../../cron/cron-period.ts';
import type { Job, Scheduler } from './scheduler.ts';

/** A table of cron's with the lines that cron starts as root. */
export interface ScheduledTable {
  readonly path: string;
  readonly jobs: readonly Job[];
}

/** Why a line that names logrotate is not started: the table's or the line's own fault, or what it is to run as. */
export interface NotStarted {
  readonly path: string;
  readonly why: IgnoredTable['why'] | 'other-account' | 'not-found' | 'never' | 'debug';
  /** The line at fault, as much as is known of it. */
  readonly line: string;
}

interface Table {
  readonly crontab: Crontab;
  readonly jobs: readonly Job[];
}

/** What the daemon starts; nothing where none runs. */
export function scheduledTables(scheduler: Scheduler): readonly ScheduledTable[] {
  const daemon = daemonOf(scheduler);
  if (daemon === undefined) return [];
  return tablesOf(scheduler)
    .filter(({ crontab }) => ignoredTable(crontab, daemon, scheduler.accounts) === undefined)
    .map(({ crontab, jobs }) => ({
      path: crontab.path,
      jobs: jobs.filter((job) => faultOf(job, crontab, scheduler) === undefined),
    }));
}

/** The first line that would start logrotate if cron took it. */
export function notStarted(scheduler: Scheduler): NotStarted | undefined {
  const daemon = daemonOf(scheduler);
  if (daemon === undefined) return undefined;
  for (const { crontab, jobs } of tablesOf(scheduler)) {
    const wanted = jobs.find(({ logrotate }) => logrotate);
    if (wanted === undefined) continue;
    const { path } = crontab;
    const ignored = ignoredTable(crontab, daemon, scheduler.accounts);
    if (ignored !== undefined) return { path, why: ignored.why, line: lineText(ignored.line ?? wanted) };
    const why = jobs
      .filter(({ logrotate }) => logrotate)
      .map((job) => faultOf(job, crontab, scheduler) ?? idleBecause(job))
      .find((fault) => fault !== undefined);
    if (why !== undefined) return { path, why, line: lineText(wanted) };
  }
  return undefined;
}

function lineText({ schedule, user }: { readonly schedule: string; readonly user?: string | undefined }): string {
  return user === undefined ? schedule : `${schedule} ${user}`;
}

function daemonOf({ processes }: Scheduler): CronDaemon | undefined {
  return (['cron', 'crond'] as const).find((name) => processes.has(name));
}

function tablesOf({ jobs, tables }: Scheduler): readonly Table[] {
  const lines = jobs.filter(({ kind }) => kind === 'crontab' || kind === 'user');
  return [...Map.groupBy(lines, ({ path }) => path)].map(([path, ofTable]) => ({
    crontab: { path, lines: ofTable, isSystem: ofTable[0]?.kind === 'crontab', file: tables.get(path) },
    jobs: ofTable,
  }));
}

function faultOf(job: Job, { isSystem, lines, file }: Crontab, scheduler: Scheduler): NotStarted['why'] | undefined {
  const daemon = daemonOf(scheduler) ?? 'cron';
  if (file?.isEnded === false && job === lines.at(-1)) return 'unended';
  const ignored = ignoredEntry(job, { daemon, isSystem, accounts: scheduler.accounts });
  if (ignored !== undefined) return ignored;
  if (!isAsRoot(job, isSystem)) return isSystem ? 'other-account' : 'not-found';
  return job.logrotate && !isFound(job, scheduler) ? 'not-found' : undefined;
}

/** A user's own table names no account: `root` is taken for a program there. */
function isAsRoot({ user }: Job, isSystem: boolean): boolean {
  return user === undefined || (isSystem && user === 'root');
}

function idleBecause(job: Job): NotStarted['why'] | undefined {
  if (job.isDebug) return 'debug';
  return job.schedule !== '@reboot' && !Number.isFinite(cronPeriod(job)) ? 'never' : undefined;
}

/** Where each daemon looks for a program that a table names without its folder, and has no PATH for. */
const searchPath: Readonly<Record<CronDaemon, string>> = {
  cron: '/usr/bin:/bin',
  // _PATH_STDPATH of glibc's paths.h.
  crond: '/usr/bin:/bin:/usr/sbin:/sbin',
};

/** Whether logrotate is where it is looked for; a path that was not understood may hold it. */
function isFound({ searchedIn }: Job, scheduler: Scheduler): boolean {
  const daemon = daemonOf(scheduler);
  if (searchedIn === undefined || searchedIn === '?' || daemon === undefined) return true;
  const folders = (searchedIn === '' ? searchPath[daemon] : searchedIn).split(':');
  return folders.some((folder) => folder.startsWith('$') || scheduler.present.has(`${folder}/logrotate`));
}
