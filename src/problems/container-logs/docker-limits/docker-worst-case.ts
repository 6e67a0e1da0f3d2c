import type { DiskRoom } from '../../../disk/room.ts';
import type { Settings } from '../../../logrotate/settings.ts';
import { dockerBound, keptLogs } from '../forecast/log-bounds.ts';
import { roomForLogs, usable } from '../kubelet-limits/worst-case.ts';
import type { SortedLogs } from '../logs/docker-logs.ts';
import type { DockerContainer, LogFile } from '../logs/log-files.ts';
import { coverageOf } from '../rotation/coverage.ts';
import type { Rotation } from '../rotation/rotation.ts';

/** The most that the logs of docker's containers are allowed to take, and what there is for them; bytes. */
export interface DockerWorstCase {
  readonly now: number;
  /** When the node has as many pods as kubelet takes; undefined where that is not known. */
  readonly full: number | undefined;
  readonly room: number;
  /** What allows most of it: the container with the largest limit of its own, or the rule's file. */
  readonly by:
    | { readonly kind: 'limits'; readonly container: DockerContainer }
    | { readonly kind: 'rule'; readonly file: string };
}

export interface WorstCaseOf {
  readonly logs: SortedLogs;
  /** Undefined where what logrotate does is not known. */
  readonly rotation: Rotation | undefined;
  readonly disk: DiskRoom;
  readonly maxPods: number | undefined;
}

interface Allowance {
  readonly bytes: number;
  /** While a log is emptied, its copy lies beside it: of one log at a time. */
  readonly copy: number;
  readonly by: DockerWorstCase['by'];
}

/** Logs that nothing bounds are reported elsewhere, and count here with what they take. Undefined without a bounded one. */
export function dockerWorstCase({ logs, rotation, disk, maxPods }: WorstCaseOf): DockerWorstCase | undefined {
  const containers = [...logs.bounded, ...logs.unbounded.map(({ container }) => container)].filter(isHere);
  const allowed = [...limited(logs), ...ruled(logs, rotation)];
  const [largest] = allowed.toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined) return undefined;
  const now = sum(allowed.map(({ bytes }) => bytes)) + Math.max(...allowed.map(({ copy }) => copy));
  const pods = new Set(containers.flatMap(({ name }) => name?.split('/').slice(0, 2).join('/') ?? [])).size;
  const grown = maxPods === undefined || pods === 0 ? undefined : Math.max(1, maxPods / pods);
  const used = sum(containers.map((container) => usedBy(container)));
  return { now, full: grown && now * grown, room: roomForLogs(used, disk), by: largest.by };
}

/**
 * As with kubelet: today's containers against the room, or a full node against the empty disk. What a rule lets them
 * take is an estimate, and a disk that others fill is reported on its own: a rule is held against the empty disk.
 */
export function exceeds({ now, full, room, by }: DockerWorstCase, disk: DiskRoom): 'now' | 'full' | undefined {
  if (now > (by.kind === 'rule' ? disk.size * usable : room)) return 'now';
  return full !== undefined && full > disk.size * usable ? 'full' : undefined;
}

function limited({ bounded }: SortedLogs): readonly Allowance[] {
  return bounded.flatMap((container) => {
    const bytes = dockerBound(container)(0);
    return Number.isFinite(bytes) ? [{ bytes, copy: 0, by: { kind: 'limits', container } as const }] : [];
  });
}

function ruled({ unbounded }: SortedLogs, rotation: Rotation | undefined): readonly Allowance[] {
  if (rotation === undefined || !Number.isFinite(rotation.run.days)) return [];
  return coverageOf(unbounded, rotation).flatMap((one) => {
    if (one.state !== 'covered' || !isHere(one.log.container)) return [];
    const { settings, file } = one.block;
    const allowed = underRule(settings, rotation.run.days, one.log.container);
    return allowed === undefined ? [] : [{ ...allowed, by: { kind: 'rule', file } as const }];
  });
}

/** gzip makes a tenth to a twentieth of most logs: a bound that is reported shall not be too large. */
const smallestArchive = 1 / 20;

/**
 * A rule by size waits for its size; one by time leaves what a day writes, as today's log and the archives that
 * are there tell.
 */
function underRule(
  settings: Settings,
  runDays: number,
  { log, rotated }: DockerContainer,
): Omit<Allowance, 'by'> | undefined {
  const kept = keptLogs(settings, runDays);
  if (!Number.isFinite(kept)) return undefined;
  const waits = settings.criterion === 'size' ? settings.threshold : settings.minSize;
  const least = settings.maxSize > 0 ? Math.min(waits, settings.maxSize) : waits;
  const live = Math.max(least, log?.allocated ?? 0);
  const made = settings.compress ? smallestArchive : 1;
  const archive = Math.max(least * made, rotated.length > 0 ? meanBytes(rotated) : live * made);
  return { bytes: live + kept * archive, copy: settings.copyTruncate ? live : 0 };
}

/** The container to come has no log yet. */
function isHere({ name, rotated, log }: DockerContainer): boolean {
  return name !== undefined || rotated.length > 0 || (log?.size ?? 0) > 0;
}

function usedBy({ log, rotated }: DockerContainer): number {
  return (log?.allocated ?? 0) + sum(rotated.map(({ allocated }) => allocated));
}

function meanBytes(files: readonly LogFile[]): number {
  return sum(files.map(({ allocated }) => allocated)) / files.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
