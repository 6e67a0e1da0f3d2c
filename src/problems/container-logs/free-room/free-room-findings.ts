import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { FactValue, Finding } from '../../problem.ts';
import { linesOf, type FileSystem, type Line } from '../../../runtimes/kubelet/eviction.ts';
import { kubeletSettings } from '../forecast/kubelet-settings.ts';
import { imagesAt, rolesOf } from '../forecast/node-forecast.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import { isSameDisk, type DiskRoom } from '../../../disk/room.ts';
import type { FreeRoom } from './free-room.ts';
import { wasAskedFor } from '../../kit/read-fact.ts';
import { finding, unobservedPart } from '../finding.ts';
import { freeableLogs, type FreeableLog, type LogClass } from './freeable.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';

/** A disk with logs on it, and those of them that may be freed. */
export interface LogDisk {
  readonly disk: DiskRoom;
  readonly logs: readonly FreeableLog[];
}

/** So much of a disk in logs is worth a word about them; of less, something else is what fills it. */
const worthShare = 1 / 20;

const named = 10;

const podLogs = '/var/log/pods';

/** Whose log it is, and which: an id of 64 digits tells nobody anything. */
function shortName(path: string, names: ReadonlyMap<string, string | undefined>): string {
  const [file = '', folder = '', pod = ''] = path.split('/').toReversed();
  if (path.startsWith(podLogs)) return `${pod.split('_').slice(0, 2).join('/')}/${folder} ${file}`;
  return `${names.get(folder) ?? folder.slice(0, 12)} ${file.slice(folder.length + 1)}`;
}

/** A disk of logs on which kubelet makes room by itself, or is about to. */
export interface FullDisk extends LogDisk {
  /** The first line that it has crossed, and the worst. */
  readonly first: Line;
  readonly worst: Line;
  /** Whether the lines are this kubelet's own. */
  readonly isConfigured: boolean;
}

/**
 * Whether the disk of the logs is past what kubelet lets it be, and what of it is logs. Where it is something else,
 * that is told elsewhere (`disk-fills`).
 */
export function roomFindings(node: NodeEvidence, facts: NodeFacts, runtime: NodeRuntime): readonly Finding[] {
  if (!wasAskedFor(node, factOf.freeRoom)) return [];
  const { freeRoom } = facts;
  if (freeRoom.state === 'unknown')
    return [unobservedPart(node.name, 'room-unknown', factOf.freeRoom, freeRoom.reason)];
  if (freeRoom.state !== 'seen') return [];
  const full = fullDisk(freeRoom.value, facts, runtime);
  return full === undefined
    ? []
    : [overThreshold(node.name, facts, { ...full, imagesAt: imagesOn(full.disk, facts, runtime) })];
}

interface Told extends FullDisk {
  /** Where on it the runtime keeps its images. */
  readonly imagesAt: string | undefined;
}

function overThreshold(node: string, facts: NodeFacts, full: Told): Finding {
  const { disk, logs, worst, isConfigured, imagesAt: images } = full;
  const evicts = worst.what === 'eviction';
  return finding(node, {
    status: 'fail',
    rule: 'disk-over-threshold',
    why: `${evicts ? 'evicts' : 'collects'}${isConfigured ? '' : '-default'}`,
    params: {
      path: disk.path,
      used: percentUsed(disk.size, disk.available),
      limit: percentUsed(disk.size, worst.available),
      logBytes: bytesOf(logs, ['rotated', 'dead', 'live']),
    },
    sections: [factOf.runtime, factOf.logFiles, factOf.disk, factOf.freeRoom],
    facts: {
      ...roomFacts(logs, facts),
      diskBytes: disk.size,
      diskFreeBytes: disk.available,
      ...(images === undefined ? {} : { imagesAt: images }),
    },
  });
}

/** Bytes on the disk that each step would free, in the order in which they are to be taken. */
function roomFacts(logs: readonly FreeableLog[], facts: NodeFacts): Readonly<Record<string, FactValue>> {
  const containers = facts.logFiles.state === 'seen' ? (facts.logFiles.value.docker?.containers ?? []) : [];
  const names = new Map(containers.map(({ id, name }) => [id, name]));
  const largest = logs.toSorted((a, b) => b.allocated - a.allocated).slice(0, named);
  return {
    rotatedBytes: bytesOf(logs, ['rotated']),
    deadBytes: bytesOf(logs, ['dead']),
    liveBytes: bytesOf(logs, ['live']),
    freeable: largest.map(({ path, allocated, log }) => ({
      name: shortName(path, names),
      bytes: allocated,
      log,
      path,
    })),
  };
}

/** The disk of logs that is furthest over a line, where logs are a part of it that is worth a word. */
export function fullDisk(room: FreeRoom, facts: NodeFacts, runtime: NodeRuntime): FullDisk | undefined {
  return logDisks(room, facts)
    .filter(({ disk, logs }) => bytesOf(logs, ['rotated', 'dead', 'live']) >= disk.size * worthShare)
    .flatMap((logDisk) => crossed(logDisk, facts, runtime))
    .toSorted((a, b) => a.disk.available / a.disk.size - b.disk.available / b.disk.size)[0];
}

function crossed(logDisk: LogDisk, facts: NodeFacts, runtime: NodeRuntime): readonly FullDisk[] {
  const { disk } = logDisk;
  const settings = kubeletSettings(facts).eviction;
  const lines = linesOf(disk.size, rolesHere(disk, facts, runtime), settings);
  const over = lines.filter((line) => disk.available <= line.available && line.what !== 'full');
  const [first] = over;
  const worst = over.find(({ what }) => what === 'eviction') ?? first;
  if (first === undefined || worst === undefined) return [];
  const isConfigured =
    worst.what === 'eviction'
      ? settings.evictionHard !== undefined
      : settings.imageGCHighThresholdPercent !== undefined;
  return [{ ...logDisk, first, worst, isConfigured }];
}

function roomOf({ path }: DiskRoom, { disk }: NodeFacts): DiskRoom | undefined {
  return disk.state === 'seen' ? disk.value.find((one) => one.path === path) : undefined;
}

function imagesOn(disk: DiskRoom, facts: NodeFacts, runtime: NodeRuntime): string | undefined {
  const room = roomOf(disk, facts);
  return room === undefined ? undefined : imagesAt(facts, runtime, room);
}

/** Where there is no kubelet, or its folders are not on a disk that was seen: as if it had its folders here. */
function rolesHere(disk: DiskRoom, facts: NodeFacts, runtime: NodeRuntime): ReadonlySet<FileSystem> {
  const room = roomOf(disk, facts);
  const roles = room === undefined ? new Set<FileSystem>() : rolesOf(facts, runtime, room);
  return roles.size === 0 ? new Set(['nodefs', 'imagefs']) : roles;
}

/** Each disk that holds logs. */
export function logDisks(room: FreeRoom, facts: NodeFacts): readonly LogDisk[] {
  const pods = facts.logFiles.state === 'seen' ? facts.logFiles.value.pods : [];
  const dockerRuns = facts.runtime.state === 'seen' && facts.runtime.value.processes.has('dockerd');
  const logs = freeableLogs(room, { pods, dockerRuns });
  const isOfPods = ({ path }: FreeableLog): boolean => path.startsWith(podLogs);
  const disks = room.disks.filter(({ path }) => path !== '/var/lib');
  // One disk for both is told once, by docker's folder.
  return disks.flatMap((disk, index) => {
    if (disks.slice(0, index).some((other) => isSameDisk(disk, other))) return [];
    const here = disks.filter((other) => isSameDisk(disk, other)).map(({ path }) => path === podLogs);
    return [{ disk, logs: logs.filter((log) => here.includes(isOfPods(log))) }];
  });
}

function percentUsed(size: number, available: number): number {
  return Math.round(100 - (available * 100) / size);
}

export function bytesOf(logs: readonly FreeableLog[], classes: readonly LogClass[]): number {
  return logs.filter(({ log }) => classes.includes(log)).reduce((total, { allocated }) => total + allocated, 0);
}
