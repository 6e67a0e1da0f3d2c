import type { DockerContainer, LogFile } from '../logs/log-files.ts';
import type { Coverage } from '../rotation/coverage.ts';
import type { Settings } from '../../../logrotate/settings.ts';

/** kubelet's defaults (kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go). */
export const defaultKubeletRotation = { maxBytes: 10 * 1024 ** 2, maxFiles: 5 } as const;

const daySeconds = 86_400;

/** The most that the logs of one container can ever take, bytes on the disk. */
export type Bound = (rate: number) => number;

export const unbounded: Bound = () => Number.POSITIVE_INFINITY;

/** kubelet and dockerd count the live log among their files. */
export function boundOfFiles(maxBytes: number, maxFiles: number): Bound {
  return () => maxBytes * Math.max(1, maxFiles);
}

/**
 * A container with a `max-size` of its own; without `max-file` dockerd keeps one file, which it empties (moby,
 * daemon/logger/loggerutils/logfile.go).
 */
export function dockerBound({ maxSize, maxFiles }: Pick<DockerContainer, 'maxSize' | 'maxFiles'>): Bound {
  const bytes = dockerBytes(maxSize ?? '');
  return bytes === undefined ? unbounded : boundOfFiles(bytes, Number.parseInt(maxFiles ?? '1', 10) || 1);
}

/** What docker's `units.FromHumanSize` makes of it: decimal units, whatever the letters. */
function dockerBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const bytes = Number(match[1]) * 1000 ** ' kmgtp'.indexOf((match[2] ?? '').toLowerCase() || ' ');
  return bytes > 0 ? bytes : undefined;
}

/**
 * Under a rule of logrotate the log grows from one run to the next, for `maxsize` and `size` count only then. With
 * `runDays` between two runs, Infinity where nothing starts logrotate. `archive` is the largest archive that the
 * container has, by which coming ones are measured; without one they are taken to be as large as the log, compressed or
 * not.
 */
export function ruleBound(settings: Settings, runDays: number, archive: number): Bound {
  if (!Number.isFinite(runDays) || (settings.rotateCount < 0 && settings.maxAge === 0)) return unbounded;
  return (rate) => {
    const live = liveBound(settings, runDays, rate);
    const old = settings.compress && archive > 0 ? Math.min(live, archive) : live;
    // While it is copied, the copy lies beside it.
    return live + (settings.copyTruncate ? live : 0) + keptLogs(settings, runDays) * old;
  };
}

/** Old logs that a rule keeps of one log: those it counts, or as many as come within `maxage`. */
export function keptLogs({ rotateCount, maxAge }: Settings, runDays: number): number {
  const young = maxAge === 0 ? Number.POSITIVE_INFINITY : Math.ceil(maxAge / runDays);
  return rotateCount < 0 ? young : Math.min(rotateCount, young);
}

const periodDays: Readonly<Record<Settings['criterion'], number>> = {
  hourly: 1 / 24,
  daily: 1,
  weekly: 7,
  monthly: 31,
  yearly: 366,
  size: 0,
};

function liveBound({ criterion, threshold, maxSize, minSize }: Settings, runDays: number, rate: number): number {
  const untilNextRun = rate * runDays * daySeconds;
  const period = Math.max(periodDays[criterion], runDays);
  // What one run leaves because it is too small is there until the next.
  const least = criterion === 'size' ? threshold : Math.max(minSize, rate * (period - runDays) * daySeconds);
  return untilNextRun + (maxSize > 0 ? Math.min(least, maxSize) : least);
}

/** The bound of a log by what becomes of it. */
export function coverageBound(coverage: Coverage, runDays: number): Bound {
  if (coverage.state !== 'covered') return unbounded;
  return ruleBound(coverage.block.settings, runDays, largestArchive(coverage.log.container.rotated));
}

function largestArchive(rotated: readonly LogFile[]): number {
  return Math.max(0, ...rotated.filter(({ name }) => name.endsWith('.gz')).map(({ allocated }) => allocated));
}
