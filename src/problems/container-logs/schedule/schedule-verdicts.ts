import type { FactValue } from '../../problem.ts';
import type { Verdict } from '../finding.ts';
import { mainFile } from '../rotation/rotation.ts';
import type { Scheduler } from './scheduler.ts';
import { isWritable } from '../../../runtimes/systemd/sandbox.ts';
import { isActive, serviceOf } from '../../../runtimes/systemd/timer.ts';
import { notStarted } from './cron-tables.ts';
import { scheduledRuns, type ScheduledRun } from './scheduled-runs.ts';

const day = 86_400;
/**
 * How late a run may be before it counts as missed, beside its period. anacron and a persistent timer catch a missed
 * run up within hours; their delays (RANDOM_DELAY, AccuracySec, RandomizedDelaySec) are hours too.
 */
const grace = 1;

/**
 * Where docker's logs depend on logrotate: whether anything starts it with the files that are `wanted`, when it last
 * ran, and whether it may write there. Quiet when all is well.
 */
export function scheduleVerdicts(
  scheduler: Scheduler,
  containersFolder: string,
  wanted: readonly string[] = [mainFile],
): readonly Verdict[] {
  const runs = scheduledRuns(scheduler);
  const useful = runs.filter(
    ({ configurations, period }) => Number.isFinite(period) && wanted.every((path) => configurations.includes(path)),
  );
  if (useful.length === 0) return [notScheduled(scheduler, runs)];
  const found = [
    sandboxed(scheduler, useful, containersFolder) ?? overdue(scheduler, useful),
    rare(useful),
    untilReboot(scheduler, useful),
    failed(scheduler, useful),
  ];
  return found.filter((verdict) => verdict !== undefined);
}

/** When a run last ended with its state written. logrotate writes the file again in every run, whatever it rotated. */
function lastRun({ stateFiles }: Scheduler): number | undefined {
  return stateFiles.size === 0 ? undefined : Math.max(...stateFiles.values());
}

function notScheduled(scheduler: Scheduler, runs: readonly ScheduledRun[]): Verdict {
  const last = lastRun(scheduler);
  const facts = lastFacts(scheduler);
  // Something that is not seen from here may start it: a DaemonSet, a management tool.
  if (last !== undefined && scheduler.now - last < (1 + grace) * day) {
    const params = { hours: Math.max(0, Math.floor((scheduler.now - last) / 3600)) };
    return { status: 'warn', rule: 'logrotate-not-scheduled', why: 'ran-lately', params, facts };
  }
  return { status: 'fail', rule: 'logrotate-not-scheduled', ...whyNot(scheduler, runs), facts };
}

interface Why {
  readonly why: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What lies nearest to being in force explains best. */
function whyNot(scheduler: Scheduler, runs: readonly ScheduledRun[]): Why {
  return whyElsewhere(runs) ?? whyNoTimer(scheduler.units.get('logrotate.timer')) ?? whyNoCron(scheduler);
}

function whyElsewhere(runs: readonly ScheduledRun[]): Why | undefined {
  const atBoot = runs.find(({ period }) => !Number.isFinite(period));
  if (atBoot !== undefined) return { why: 'at-boot', params: { by: atBoot.by } };
  const [other] = runs;
  return other === undefined
    ? undefined
    : { why: 'other-file', params: { by: other.by, file: other.configurations[0] ?? '' } };
}

function whyNoTimer(timer: ReadonlyMap<string, string> | undefined): Why | undefined {
  const loaded = timer?.get('LoadState');
  if (loaded === 'masked') return { why: 'timer-masked', params: {} };
  if (loaded !== 'loaded') return undefined;
  return { why: timer?.get('UnitFileState') === 'enabled' ? 'timer-stopped' : 'timer-off', params: {} };
}

function whyNoCron(scheduler: Scheduler): Why {
  const { jobs, processes, notExecutable } = scheduler;
  const [script] = notExecutable;
  if (script !== undefined) return { why: 'not-executable', params: { file: script } };
  const ignored = notStarted(scheduler);
  if (ignored !== undefined) {
    const mode = scheduler.tables.get(ignored.path)?.mode.toString(8).padStart(4, '0') ?? '';
    return { why: `cron-${ignored.why}`, params: { file: ignored.path, line: ignored.line, mode } };
  }
  const job = jobs.find(({ logrotate }) => logrotate);
  if (job === undefined) return { why: 'nothing', params: {} };
  const isStopped = !processes.has('cron') && !processes.has('crond');
  return { why: isStopped ? 'cron-stopped' : 'not-reached', params: { file: job.path } };
}

/** Not before it had the time for it: a node that was just born, or was off, has not missed a run. */
function overdue(scheduler: Scheduler, runs: readonly ScheduledRun[]): Verdict | undefined {
  const [often] = runs.toSorted((a, b) => a.period - b.period);
  const { now, uptime } = scheduler;
  const last = lastRun(scheduler);
  const allowed = Math.max(1, often?.period ?? 1) + grace;
  const waiting = now - Math.max(last ?? 0, now - uptime);
  if (waiting <= allowed * day) return undefined;
  const params = { by: often?.by ?? '', days: Math.floor((last === undefined ? waiting : now - last) / day) };
  const why = last === undefined ? 'never' : 'since';
  return { status: 'warn', rule: 'logrotate-overdue', why, params, facts: lastFacts(scheduler) };
}

function lastFacts(scheduler: Scheduler): Readonly<Record<string, FactValue>> {
  const last = lastRun(scheduler);
  // A node may say anything; JavaScript's dates end in the year 275760.
  return last === undefined ? {} : { lastRun: new Date(Math.min(8.64e15, last * 1000)).toISOString() };
}

/** The unit's own sandbox, where the timer is the only way. */
function sandboxed({ units }: Scheduler, runs: readonly ScheduledRun[], folder: string): Verdict | undefined {
  const services = runs.map(({ by }) => units.get(serviceOf(units.get(by) ?? new Map())));
  const blocked = services.find((service) => service !== undefined && !isWritable(folder, service));
  if (blocked === undefined || services.some((service) => service === undefined || isWritable(folder, service)))
    return undefined;
  const params = { unit: blocked.get('Id') ?? '', folder };
  return { status: 'fail', rule: 'logrotate-sandboxed', params };
}

/**
 * A rule may say `daily` or `maxsize`: it is only looked at when logrotate runs. Cron's own longest wait within a day's
 * schedule is a day.
 */
function rare(runs: readonly ScheduledRun[]): Verdict | undefined {
  const [often] = runs.toSorted((a, b) => a.period - b.period);
  if (often === undefined || often.period <= 1) return undefined;
  return { status: 'warn', rule: 'logrotate-runs-rarely', params: { by: often.by, days: Math.ceil(often.period) } };
}

/** It was started and not enabled: the next boot ends it. */
function untilReboot({ units }: Scheduler, runs: readonly ScheduledRun[]): Verdict | undefined {
  const [only] = runs;
  if (only === undefined || runs.length > 1 || units.get(only.by)?.get('UnitFileState') !== 'disabled')
    return undefined;
  return { status: 'warn', rule: 'logrotate-until-reboot', params: { unit: only.by } };
}

/** systemd keeps how the last run since boot ended; cron only mails it. */
function failed({ units }: Scheduler, runs: readonly ScheduledRun[]): Verdict | undefined {
  const services = runs.flatMap(({ by }) => units.get(serviceOf(units.get(by) ?? new Map())) ?? []);
  const service = services.find((one) => !isActive(one) && (one.get('Result') ?? 'success') !== 'success');
  if (service === undefined) return undefined;
  const params = {
    unit: service.get('Id') ?? '',
    result: service.get('Result') ?? '',
    code: Number(service.get('ExecMainStatus') ?? 0),
  };
  return { status: 'warn', rule: 'logrotate-fails', params };
}
