import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { FactValue, Finding } from '../../problem.ts';
import type { NodeFacts } from '../facts.ts';
import type { DeviceRoom, FreeRoom } from '../facts/free-room.ts';
import { wasAskedFor } from '../facts/section-text.ts';
import { finding, unseenPart } from './finding.ts';
import { freeableLogs, type FreeableLog, type LogClass } from './freeable.ts';
import { defaultThresholds, type RoomThresholds } from './room-thresholds.ts';

/** A disk with logs on it, and those of them that may be freed. */
export interface LogDisk {
  readonly disk: DeviceRoom;
  readonly logs: readonly FreeableLog[];
}

/** So much of a disk in logs is worth a word about them; of less, something else is what fills it. */
const worthShare = 1 / 20;

const named = 10;

/** Whether the disk of the logs is past what kubelet lets it be, and what of it is logs. */
export function roomFindings(node: NodeEvidence, facts: NodeFacts): readonly Finding[] {
  if (!wasAskedFor(node, 'free-room')) return [];
  const { freeRoom } = facts;
  if (freeRoom.state === 'unknown') return [unseenPart(node.name, 'room-unknown', 'free-room', freeRoom.reason)];
  if (freeRoom.state !== 'seen') return [];
  const worst = fullDisk(freeRoom.value, facts);
  return worst === undefined ? [] : [overThreshold(node.name, worst, defaultThresholds)];
}

function overThreshold(node: string, { disk, logs }: LogDisk, thresholds: RoomThresholds): Finding {
  const free = availablePercent(disk);
  const evicts = free < thresholds.evictBelow;
  const freeable = bytesOf(logs, ['rotated', 'dead', 'live']);
  const cause = freeable >= disk.size * worthShare ? 'logs' : 'other';
  return finding(node, {
    status: 'fail',
    rule: 'disk-over-threshold',
    text: `disk-over-threshold.${evicts ? 'evicts' : 'collects'}-${cause}`,
    params: { path: disk.path, used: 100 - free, limit: evicts ? 100 - thresholds.evictBelow : thresholds.collectFrom, logBytes: freeable },
    severity: evicts ? 'critical' : 'high',
    sections: ['runtime', 'log-files', 'free-room'],
    remedy: freeable > 0,
    facts: { ...roomFacts(logs), diskBytes: disk.size, diskFreeBytes: disk.available },
  });
}

/** Bytes on the disk that each step would free, in the order in which they are to be taken. */
function roomFacts(logs: readonly FreeableLog[]): Readonly<Record<string, FactValue>> {
  const largest = logs.toSorted((a, b) => b.allocated - a.allocated).slice(0, named);
  return {
    rotatedBytes: bytesOf(logs, ['rotated']),
    deadBytes: bytesOf(logs, ['dead']),
    liveBytes: bytesOf(logs, ['live']),
    freeable: largest.map(({ path, allocated, log }) => ({ name: path, bytes: allocated, log })),
  };
}

/** The disk of logs that is furthest over the threshold, where one is. */
export function fullDisk(room: FreeRoom, facts: NodeFacts): LogDisk | undefined {
  return logDisks(room, facts)
    .filter(({ disk }) => 100 - availablePercent(disk) >= defaultThresholds.collectFrom)
    .toSorted((a, b) => availablePercent(a.disk) - availablePercent(b.disk))[0];
}

/** Each disk that holds logs, once. */
export function logDisks(room: FreeRoom, facts: NodeFacts): readonly LogDisk[] {
  const pods = facts.logFiles.state === 'seen' ? facts.logFiles.value.pods : [];
  const dockerRuns = facts.runtime.state === 'seen' && facts.runtime.value.processes.has('dockerd');
  const logs = freeableLogs(room, { pods, dockerRuns });
  const disks = new Map(room.disks.filter(({ path }) => path !== '/var/lib').toReversed().map((disk) => [disk.device, disk]));
  return [...disks.values()].map((disk) => ({ disk, logs: logs.filter(({ device }) => device === disk.device) }));
}

/** As kubelet counts: of what is not kept back for root, and a whole number (pkg/kubelet/images/image_gc_manager.go). */
function availablePercent({ size, available }: DeviceRoom): number {
  return size === 0 ? 100 : Math.floor((available * 100) / size);
}

export function bytesOf(logs: readonly FreeableLog[], classes: readonly LogClass[]): number {
  return logs.filter(({ log }) => classes.includes(log)).reduce((total, { allocated }) => total + allocated, 0);
}
